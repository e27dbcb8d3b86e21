"""A backup is whole or refused, and what is restored is what was backed up."""

from __future__ import annotations

import fcntl
import io
import json
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from linli.kernel.audit import chain
from linli.kernel.audit.models import AuditLine
from linli.kernel.engine import exchanging, portable, search
from linli.kernel.people.models import Staff
from linli.kernel.upkeep import contents, sealing
from linli.kernel.upkeep.errors import BadBackup, InUse, NotEmpty, WrongPassphrase
from linli.kernel.upkeep.restoring import opened, restore
from linli.kernel.upkeep.taking import Taken, forget_old, take_backup
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db

PASSPHRASE = "brook-candle-2026"


@pytest.fixture
def home(tmp_path: Path, world: World) -> Path:
    """An office with a picture, a key and a hotline, three sealed audit lines and a search index."""
    folder = tmp_path / "office"
    for name, text in {
        "files/ab/cd/abcd": "a picture",
        "secret_key": "the key",
        "hotline.json": "{}",
        "hotline_secrets/city": "hush",
        "logs/web.log": "noise",
        "run.lock": "",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for n in range(3):
        chain.write(
            at=MONDAY, actor_kind="staff", account_id=1, actor_name="小李", action="cases.close",
            subject=f"cases.case:{n}", detail={"n": n},
        )  # fmt: skip
    chain.seal()
    search.put("cases_search", 7, "三幢楼下的路灯不亮", ["s12"])
    return folder


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a database with every table and no row is kept, once one was made."""
    return tmp_path_factory.mktemp("built") / "empty.sqlite3"


@pytest.fixture
def _built_once(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first restore make its tables by the migrations; the others take a copy of those."""
    build = portable.build

    def build_once(applied: Iterable[portable.Migration]) -> None:
        if empty_database.exists():
            exchanging.load_file(empty_database)
        else:
            build(applied)
            exchanging.save_file(empty_database)

    monkeypatch.setattr(portable, "build", build_once)


def take(home: Path, *, passphrase: str = "", with_keys: bool = True) -> Taken:
    return take_backup(
        home.parent / "kept", home=home, now=MONDAY, passphrase=passphrase, with_keys=with_keys
    )


def everything() -> dict[str, list[portable.Row]]:
    applied = portable.applied_migrations()
    return {
        table.name: list(portable.rows_of(table))
        for table in portable.tables(applied)
        if table.name != "django_content_type"
    }


@pytest.mark.usefixtures("_built_once")
def test_every_row_and_file_comes_back(home: Path, tmp_path: Path) -> None:
    before, new = everything(), tmp_path / "new"

    taken = take(home)
    done = restore(taken.file, home=new, url="", now=MONDAY)

    assert done.chain_sealed == chain.verify().sealed >= 3
    assert (done.aside, done.lost) == ([], {})
    with exchanging.connected_to("", new):
        after = everything()
        assert after["audit_auditline"].pop()[5] == "upkeep.restored"
        assert after.pop("upkeep_keymark") == before.pop("upkeep_keymark")
        assert after == before
        assert search.find("cases_search", "路灯", labels=["s12"]) == [7]
        assert Staff.objects.create(
            name="新来的", employee_no="N1", organization_id=Staff.objects.all()[0].organization_id
        ).pk > max(row[0] for row in before["people_staff"])
    assert (new / "files/ab/cd/abcd").read_text() == "a picture"
    assert (new / "hotline_secrets/city").read_text() == "hush"
    assert (new / "secret_key").read_text() == "the key"
    assert not (new / "logs").exists()


def test_a_backup_is_for_its_owner_and_may_leave_the_keys_out(home: Path) -> None:
    taken = take(home, with_keys=False)

    assert taken.file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(taken.file) as archive:
        names = archive.getnames()
    assert "home/hotline.json" in names
    assert not [name for name in names if "secret" in name]
    assert [file.name for file in taken.file.parent.iterdir()] == ["linli-20260309-010000.linli"]


def flipped(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[body.index(b"a picture")] ^= 1
    file.write_bytes(body)


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20_000])


def smuggled(file: Path) -> None:
    with tarfile.open(file, "a") as archive:
        archive.addfile(tarfile.TarInfo("home/../../evil"), io.BytesIO())


def of_the_future(file: Path) -> None:
    changed = file.with_suffix(".new")
    with tarfile.open(file) as old, tarfile.open(changed, "w") as new:
        for member in old:
            body = old.extractfile(member)
            assert body is not None
            content = body.read()
            if member.name == contents.MANIFEST:
                content = json.dumps(json.loads(content) | {"format": 99}).encode()
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    changed.replace(file)


@pytest.mark.parametrize("spoil", [flipped, cut_off, smuggled, of_the_future])
def test_a_spoilt_backup_is_refused_and_nothing_is_touched(
    home: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    taken = take(home)
    spoil(taken.file)
    new = tmp_path / "new"

    with pytest.raises(BadBackup):
        restore(taken.file, home=new, url="", now=MONDAY)

    assert not (new / "linli.sqlite3").exists()
    assert not (new / "files").exists()
    assert not (tmp_path / "evil").exists()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("hello")
    for name in ("letter", "missing"):
        with pytest.raises(BadBackup):
            restore(tmp_path / name, home=tmp_path / "new", url="", now=MONDAY)


def test_a_running_site_is_not_restored_over(home: Path) -> None:
    taken = take(home)
    with (home / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InUse, match="正在运行"):
            restore(taken.file, home=home, url="", now=MONDAY, replace=True)

    assert (home / "files/ab/cd/abcd").exists()


@pytest.mark.usefixtures("_built_once")
def test_what_is_there_is_kept_aside_and_what_it_had_more_is_named(
    home: Path, tmp_path: Path
) -> None:
    taken = take(home)
    old = tmp_path / "old"
    restore(taken.file, home=old, url="", now=MONDAY)
    with exchanging.connected_to("", old):
        organization = Staff.objects.all()[0].organization_id
        Staff.objects.create(name="新来的", employee_no="N1", organization_id=organization)
    (old / "linli.sqlite3-wal").write_bytes(b"what a killed process left")

    with pytest.raises(NotEmpty):
        restore(taken.file, home=old, url="", now=MONDAY)
    done = restore(taken.file, home=old, url="", now=MONDAY, replace=True)

    aside = old / "before-20260309-010000-linli.sqlite3"
    assert str(aside) in done.aside
    assert aside.exists()
    with exchanging.connected_to("", old):
        assert not Staff.objects.filter(employee_no="N1").exists()
        exchanging.check_whole()


@pytest.mark.usefixtures("_built_once")
def test_a_broken_chain_is_found_before_anything_is_exchanged(home: Path, tmp_path: Path) -> None:
    AuditLine.objects.filter(sequence=2).update(actor_name="别人")
    taken = take(home)

    with pytest.raises(BadBackup, match="第 2 条"):
        restore(taken.file, home=tmp_path / "new", url="", now=MONDAY)

    assert not (tmp_path / "new" / "linli.sqlite3").exists()
    assert not (tmp_path / "new" / "restoring.sqlite3").exists()


def test_a_sealed_backup_opens_with_its_passphrase_only(home: Path, tmp_path: Path) -> None:
    taken = take(home, passphrase=PASSPHRASE)

    assert b"a picture" not in taken.file.read_bytes()
    with opened(taken.file, passphrase=PASSPHRASE, beside=tmp_path) as archive:
        contents.check_members(archive, contents.manifest_of(archive))
    for wrong in ("", "another-candle-2026"):
        with (
            pytest.raises(WrongPassphrase),
            opened(taken.file, passphrase=wrong, beside=tmp_path),
        ):
            pass


@pytest.mark.parametrize("length", [0, 5, 32, 33, 64, 70])
def test_a_sealed_file_that_was_cut_or_shuffled_does_not_open(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART", 32)
    monkeypatch.setattr(sealing, "SCRYPT_N", 1 << 4)
    plain, sealed, again = bytes(range(length)), io.BytesIO(), io.BytesIO()
    sealing.seal(io.BytesIO(plain), sealed, PASSPHRASE)

    sealing.unseal(sealed, again, PASSPHRASE)
    assert again.getvalue() == plain

    for cut in range(len(sealed.getvalue()) - len(sealing.HEAD) - sealing.SALT):
        broken = io.BytesIO(sealed.getvalue()[: len(sealed.getvalue()) - 1 - cut])
        with pytest.raises((BadBackup, WrongPassphrase)):
            sealing.unseal(broken, io.BytesIO(), PASSPHRASE)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(WrongPassphrase):
        sealing.seal(io.BytesIO(b"x"), io.BytesIO(), "short")


def test_the_newest_backups_are_kept(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"linli-2026030{day}-010000.linli").touch()
    (tmp_path / "before-move-20260301-010000.linli").touch()

    assert forget_old(tmp_path, keep=2) == [
        "linli-20260301-010000.linli",
        "linli-20260302-010000.linli",
        "linli-20260303-010000.linli",
    ]
    assert len(list(tmp_path.iterdir())) == 3
