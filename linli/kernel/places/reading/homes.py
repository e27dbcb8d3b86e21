"""What lies below a building: staircase, storey and door. A place is read without it, and it is not searched for.

    split_home("春晓苑3幢2单元501室漏水")    ->  ("春晓苑3幢", "2单元501室", "漏水")
    without_homes("春晓苑3幢501漏水，电话19900001111")   ->  "春晓苑3幢\\n漏水，电话\\n"

Whoever looks for one home, or for a telephone, must know it whole and have the right to see who reported.
"""

from __future__ import annotations

import re

from linli.kernel.typed import INVISIBLE

NUMBER = r"[0-9０-９一二三四五六七八九十百零〇两]{1,20}"
_DASH = r"[-－—–/]"
_GAP = r"[ \u3000]?"

_DOOR = rf"(?:{NUMBER}{_GAP}(?:室|户|房)(?!外|内外))"
_UNIT = rf"(?:{NUMBER}{_GAP}单元)"
_STOREY = rf"(?:{NUMBER}{_GAP}[层楼](?!道|梯|顶|下|上|间|房))"
_BARE_DOOR = r"(?:[0-9０-９]{3,4}(?![0-9０-９年月元人户个号米路度]))"
_AFTER_BUILDING = r"(?<=[幢栋座#＃楼])"

HOME = re.compile(
    rf"{_UNIT}(?:{_GAP}{_STOREY})?(?:{_GAP}(?:{_DOOR}|{_BARE_DOOR}))?"
    rf"|{_AFTER_BUILDING}{_GAP}(?:{_DASH}?[0-9０-９]{{1,2}}{_DASH})?(?:{_STOREY})?(?:{_DOOR}|{_BARE_DOOR})"
    rf"|{_AFTER_BUILDING}{_GAP}{_STOREY}"
    rf"|{_DOOR}"
    rf"|(?<=[0-9０-９]){_DASH}[0-9０-９]{{1,2}}{_DASH}[0-9０-９]{{3,4}}(?![0-9０-９])"
)
"""Staircase, storey and door in the forms in which they are written after a building."""

_D = "[0-9０-９]"
PERSONAL = re.compile(
    rf"(?<!{_D})(?:[+＋]?(?:86|８６)[- －]?)?[1１][3-9３-９]{_D}[- －.]?{_D}{{4}}[- －.]?{_D}{{4}}(?!{_D})"
    rf"|(?<!{_D})[0０]{_D}{{2,3}}[- －)）]{{0,2}}{_D}{{7,8}}(?!{_D})"
    rf"|(?<!{_D}){_D}{{6}}(?:19|20|１９|２０){_D}{{9}}[{_D[1:-1]}xXｘＸ](?!{_D})"
)
"""Telephone numbers and numbers of identity papers as they stand in a sentence."""


def without_homes(text: str) -> str:
    """The text with a line's end in place of every home, telephone and identity number."""
    return HOME.sub("\n", PERSONAL.sub("\n", INVISIBLE.sub("", text)))


def split_home(text: str) -> tuple[str, str, str]:
    """(before, home, after) of the first home in a text; the last two are empty where there is none."""
    found = HOME.search(text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :]
