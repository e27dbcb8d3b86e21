"""Files that cost whoever opens them far more than whoever sends them; made here, kilobytes each."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def large_png(width: int = 8192, height: int = 6103) -> bytes:
    """Fifty megapixels of one colour in about 200 KB."""
    return _png(width, height, rows=height)


def bomb_png(edge: int = 60_000) -> bytes:
    """Says that it has 3,600 megapixels and holds the first rows of them."""
    return _png(edge, edge, rows=8)


def _png(width: int, height: int, *, rows: int) -> bytes:
    packer = zlib.compressobj(9)
    row = b"\0" + b"\x80\x90\xa0" * width
    data = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def many_scans(extra: int = 400, size: tuple[int, int] = (4096, 3072)) -> bytes:
    """A progressive JPEG whose last scan comes `extra` times more; each makes the decoder walk all blocks."""
    plain = io.BytesIO()
    Image.new("L", size, 120).save(plain, "JPEG", progressive=True, quality=60)
    data = plain.getvalue()
    last = data.rindex(b"\xff\xda")
    scan = data[last:-2]
    return data[:-2] + scan * extra + b"\xff\xd9"


def photo(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """An ordinary JPEG."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(out, "JPEG", quality=85)
    return out.getvalue()


def far_cell(reference: str = "XFD1048576") -> bytes:
    """A workbook of 1.5 KB with two cells, the second as far away as a sheet reaches."""
    row = "".join(c for c in reference if c.isdigit())
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="{row}"><c r="{reference}"><v>2</v></c></row></sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()
