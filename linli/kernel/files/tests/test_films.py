from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

import pytest

from linli.kernel.files.errors import FileBroken, FileError, WrongFileType
from linli.kernel.files.rules import Format
from linli.kernel.files.sanitise import sanitise, video
from linli.kernel.files.sanitise.boxes import Box, Tree, box_at, merged, sample_ranges
from linli.kernel.files.sanitise.nal import Coding, Units, calm_header, calm_sample
from linli.kernel.files.tests import films
from linli.kernel.files.tests.films import PICTURE, SOUND, unit, user_data
from linli.kernel.files.tests.marks import Secrets

MARKS = Secrets.of(21)
H264, H265 = Units(Coding.H264, 4), Units(Coding.H265, 4)


def served(data: bytes) -> bytes:
    return sanitise("漏水.mp4", data, zone=UTC, field="video").body.read()


def refused(data: bytes) -> FileError:
    with pytest.raises(FileError) as caught:
        served(data)
    assert (caught.value.field, "漏水.mp4" in caught.value.message) == ("video", True)
    return caught.value


@pytest.mark.parametrize("first", [b"mdat", b"moov"])
@pytest.mark.parametrize("wide", [False, True])
def test_picture_and_sound_stay_where_they_were(*, first: bytes, wide: bool) -> None:
    data = films.film(MARKS, first=first, wide=wide)

    out = served(data)

    assert len(out) == len(data)
    for sample in (*PICTURE, *SOUND):
        assert out.index(sample) == data.index(sample)


def test_what_lies_between_the_samples_is_gone() -> None:
    data = films.film(MARKS)
    gap = f"between {MARKS.owner}".encode()
    at = data.index(gap)

    assert served(data)[at : at + len(gap)] == bytes(len(gap))


def test_time_place_and_shape_are_set_aside() -> None:
    clean = sanitise("漏水.mov", films.film(MARKS, brand=b"qt  "), zone=UTC)

    assert clean.format is Format.MP4
    assert (clean.width, clean.height) == (64, 48)
    assert clean.facts.taken_at == datetime(1904, 1, 1, tzinfo=UTC) + timedelta(
        seconds=3_860_000_000
    )
    assert clean.facts.lon == pytest.approx(MARKS.lon, abs=0.0001)
    assert clean.facts.lat == pytest.approx(MARKS.lat, abs=0.0001)


def test_what_follows_the_last_box_is_cut_off() -> None:
    data = films.film(MARKS)

    assert served(data + b"\x00\x00\x10\x00<!-- " + MARKS.owner.encode()) == served(data)


def test_brands_of_makers_and_versions_become_plain() -> None:
    data = films.film(MARKS)
    assert data[12:24] == MARKS.serial[:4].encode() + b"isom" + b"CAEP"

    assert served(data)[4:28] == b"ftypisom" + bytes(4) + b"isomisommp42"


def test_times_are_zeroed() -> None:
    assert struct.pack(">I", 3_860_000_000) in films.film(MARKS)
    assert struct.pack(">I", 3_860_000_000) not in served(films.film(MARKS))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"avc1", b"mp4v", "mp4v"),
        (b"avc1", b"zzzz", "zzzz"),
        (b"vide", b"text", "没有画面"),
        (b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00", "别的文件"),
        (b"tkhd", b"mvex", "trak"),
    ],
)
def test_a_film_of_another_make_is_refused_with_its_name(old: bytes, new: bytes, said: str) -> None:
    error = refused(films.film(MARKS, first=b"moov").replace(old, new))

    if old == b"tkhd":
        said = "分段视频"
    assert (type(error), error.status) == (WrongFileType, 415)
    assert said in error.message


def test_a_film_in_fragments_is_refused() -> None:
    error = refused(films.film(MARKS) + films.box(b"moof", bytes(20)))

    assert (error.status, "分段视频" in error.message) == (415, True)


def test_a_film_of_two_codings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    reel = films.picture_reel(MARKS)
    both = films.Reel(
        b"vide",
        reel.entry + reel.entry.replace(b"avc1", b"hvc1").replace(b"avcC", b"hvcC"),
        reel.samples,
    )
    monkeypatch.setattr(films, "picture_reel", lambda marks: both)

    assert refused(films.film(MARKS)).status in (415, 422)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("first", [b"mdat", b"moov"])
def test_a_truncated_film_is_broken(share: float, first: bytes) -> None:
    data = films.film(MARKS, first=first)
    error = refused(data[: int(data.index(b"uuid") * share)])

    assert (type(error), error.status) == (FileBroken, 422)


@pytest.mark.parametrize("table", [b"stsz", b"stco", b"stsc", b"stsd", b"dref", b"hdlr", b"mdhd"])
def test_a_film_without_one_of_its_tables_is_broken(table: bytes) -> None:
    assert refused(films.film(MARKS).replace(table, b"free")).status == 422


@pytest.mark.parametrize("count", [1, 2**32 - 1])
def test_a_table_that_counts_wrong_is_broken(count: int) -> None:
    data = bytearray(films.film(MARKS))
    at = data.index(b"stco") + 8
    data[at : at + 4] = struct.pack(">I", count)

    assert isinstance(refused(bytes(data)), FileBroken)


def test_a_sample_outside_the_media_data_is_broken() -> None:
    data = bytearray(films.film(MARKS))
    at = data.index(b"stco") + 12
    data[at : at + 4] = struct.pack(">I", 4)

    assert isinstance(refused(bytes(data)), FileBroken)


def test_tables_larger_than_memory_allows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_MOOV", 100)

    assert isinstance(refused(films.film(MARKS)), FileBroken)


def test_a_walk_ends_after_so_many_boxes() -> None:
    tree = Tree(bytearray(films.box(b"free") * 30_000))

    with pytest.raises(ValueError, match="too many boxes"):
        list(tree.children(0, len(tree.data)))


def test_a_box_may_say_its_length_in_64_bits_or_reach_to_the_end() -> None:
    wide = box_at(struct.pack(">I4sQ", 1, b"mdat", 100), 50, 150)

    assert (wide.body, wide.end) == (66, 150)
    assert box_at(struct.pack(">I4sQ", 0, b"mdat", 0), 50, 150) == Box(b"mdat", 50, 58, 150)
    with pytest.raises(ValueError):
        box_at(struct.pack(">I4sQ", 1, b"mdat", 101), 50, 150)


def test_a_film_without_tables_is_broken() -> None:
    data = films.film(MARKS)

    assert isinstance(refused(data[: data.index(b"moov") - 4]), FileBroken)


def test_h264_without_its_decoder_configuration_is_broken() -> None:
    assert isinstance(refused(films.film(MARKS).replace(b"avcC", b"pasp")), FileBroken)


def test_samples_of_one_size_are_counted_not_listed() -> None:
    body = films.full(b"stsz", struct.pack(">II", 7, 3))
    body += films.full(b"stco", struct.pack(">II", 1, 100))
    body += films.full(b"stsc", struct.pack(">IIII", 1, 1, 3, 1))
    tree = Tree(bytearray(films.box(b"stbl", body)))
    table = box_at(bytes(tree.data[:16]), 0, len(tree.data))

    assert sample_ranges(tree, table) == [(100, 107), (107, 114), (114, 121)]
    tree.data[tree.data.index(b"stsz") + 12 : tree.data.index(b"stsz") + 16] = b"\xff" * 4
    with pytest.raises(ValueError, match="too many samples"):
        sample_ranges(tree, table)


def test_ranges_that_touch_become_one() -> None:
    assert merged([(10, 20), (0, 5), (20, 30), (4, 6), (40, 40)]) == [(0, 6), (10, 30), (40, 40)]


def test_user_data_in_a_picture_becomes_filler_of_the_same_length() -> None:
    spoken = unit(user_data(MARKS.maker * 12))
    sample = spoken + unit(PICTURE[0])

    calm = calm_sample(sample, H264)

    assert len(calm) == len(sample)
    assert calm[len(spoken) :] == unit(PICTURE[0])
    assert calm[:5] == sample[:4] + b"\x0c"
    assert calm[5 : len(spoken)] == b"\xff" * (len(spoken) - 6) + b"\x80"


def test_timing_in_a_picture_stays() -> None:
    sample = unit(b"\x06\x01\x02\xab\xcd\x80") + unit(PICTURE[0])

    assert calm_sample(sample, H264) == sample


def test_user_data_after_timing_and_behind_escapes_is_seen_too() -> None:
    sample = unit(b"\x06\x01\x04\x00\x00\x03\x01\xab\x05\x03abc\x80")

    assert b"abc" not in calm_sample(sample, H264)


@pytest.mark.parametrize("kind", [39, 40])
def test_h265_has_its_own_kinds(kind: int) -> None:
    sample = unit(bytes([kind << 1, 1]) + user_data(MARKS.serial)[1:]) + unit(b"\x26\x01picture")

    calm = calm_sample(sample, H265)

    assert (calm[4:6], calm[-9:], len(calm)) == (b"\x4c\x01", sample[-9:], len(sample))
    assert MARKS.serial.encode() not in calm


def test_lengths_of_two_bytes_are_understood() -> None:
    spoken = user_data(MARKS.serial)
    sample = struct.pack(">H", len(spoken)) + spoken

    assert calm_sample(sample, Units(Coding.H264, 2))[2:3] == b"\x0c"


def test_units_that_run_past_the_sample_are_refused() -> None:
    with pytest.raises(ValueError):
        calm_sample(struct.pack(">I", 9) + b"\x65", H264)


def test_user_data_among_the_parameter_sets_goes_too() -> None:
    spoken = bytes([39 << 1, 1]) + user_data(MARKS.serial)[1:]
    sets = bytes(22) + b"\x02"
    for kind, one in ((33, b"\x42\x01abc"), (39, spoken)):
        sets += bytes([kind]) + struct.pack(">HH", 1, len(one)) + one
    data = bytearray(sets)

    calm_header(data, 0, len(data))

    assert b"\x42\x01abc" in data
    assert MARKS.serial.encode() not in data
    with pytest.raises(ValueError):
        calm_header(bytearray(sets), 0, len(sets) - 1)
