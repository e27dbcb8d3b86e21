"""Who can write into the database but has no key cannot make the chain fit again; a head shows what is gone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.db.models import QuerySet
from pytest_django import Settings

from linli.kernel.audit import chain, heads, keys
from linli.kernel.audit.heads import Gap, Head
from linli.kernel.audit.models import AuditLine, AuditSeal
from linli.kernel.audit.origin import Origin
from tests.world import MONDAY

pytestmark = pytest.mark.django_db

HER_DESK = Origin(client="192.0.2.7", request_id="ab12", role="acceptor")


def write(number: int, *, action: str = "cases.close", **detail: object) -> None:
    for index in range(number):
        chain.write(
            at=MONDAY, actor_kind="staff", account_id=1, actor_name="小李", action=action,
            subject=f"cases.case:{index}", detail=detail, origin=HER_DESK,
        )  # fmt: skip


def sealed_lines() -> QuerySet[AuditLine]:
    return AuditLine.objects.exclude(sequence=None).order_by("sequence")


def seal_again(*, version: int) -> None:
    """What somebody with the database and our source, but without the key, can do."""
    previous = ""
    for number, line in enumerate(sealed_lines(), 1):
        line.sequence, line.previous_hash, line.version = number, previous, version
        line.line_hash = chain._hash(previous, line, None)
        line.save()
        previous = line.line_hash
    AuditSeal.objects.update(sequence=sealed_lines().count(), line_hash=previous)


@pytest.mark.parametrize(
    ("version", "reason"), [(2, "line was changed"), (1, "line was sealed without the key")]
)
def test_lines_taken_out_and_chained_again_without_the_key_are_found(
    version: int, reason: str
) -> None:
    write(6)
    chain.seal()
    AuditLine.objects.filter(sequence__in=(3, 4)).delete()
    seal_again(version=version)
    AuditSeal.objects.update(keyed_from=None)

    found = chain.verify()

    assert (found.broken_at, found.reason) == (1, reason)


def test_where_an_act_came_from_is_part_of_what_is_sealed() -> None:
    write(2)
    chain.seal()
    assert chain.verify().broken_at is None
    for column in ("client", "request_id", "role"):
        AuditLine.objects.filter(sequence=2).update(**{column: "x"})
        assert chain.verify().broken_at == 2
        AuditLine.objects.filter(sequence=2).update(**{column: getattr(HER_DESK, column)})
    assert chain.verify().broken_at is None


def test_lines_from_before_the_key_stay_valid_and_are_followed_by_keyed_ones(
    settings: Settings,
) -> None:
    write(3)
    old = list(AuditLine.objects.order_by("id"))
    previous = ""
    for number, line in enumerate(old, 1):
        line.sequence, line.previous_hash, line.version = number, previous, 1
        line.line_hash = chain._hash(previous, line, None)
        line.save()
        previous = line.line_hash
    AuditSeal.objects.create(pk=1, sequence=3, line_hash=previous)
    write(2)

    chain.seal()

    assert chain.verify() == chain.Verdict(sealed=5, unsealed=0)
    assert [line.version for line in sealed_lines()] == [1, 1, 1, 2, 2]
    key = Path(settings.LINLI_HOME) / "audit_key"
    assert key.read_text().split()[1] == "4"
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_machine_without_the_key_does_not_make_another(settings: Settings) -> None:
    write(1)
    chain.seal()
    write(1)
    key = Path(settings.LINLI_HOME) / "audit_key"
    for other in (None, "another-key 1"):
        key.unlink()
        if other:
            key.write_text(other)
        with pytest.raises(keys.AuditKeyMissing, match="audit_key"):
            chain.seal()
        assert key.exists() == bool(other)
        key.touch()
    key.unlink()
    assert chain.verify().reason == "key is missing"


def test_the_key_may_be_a_setting_for_several_machines(settings: Settings) -> None:
    settings.LINLI_AUDIT_KEY = "the same on every machine"
    write(1)
    chain.seal()

    assert not (Path(settings.LINLI_HOME) / "audit_key").exists()
    assert chain.verify().broken_at is None
    settings.LINLI_AUDIT_KEY = "another"
    assert chain.verify().broken_at == 1


def head_now() -> Head:
    found = heads.head(at=MONDAY)
    assert found is not None
    return found


def test_a_head_shows_between_which_days_lines_were_taken_away(tmp_path: Path) -> None:
    assert heads.head(at=MONDAY) is None
    for _day in range(3):
        write(2)
        chain.seal()
        heads.write_head(tmp_path, head_now())
    published = heads.read_heads(tmp_path)
    assert [one.sequence for one in published] == [2, 4, 6]
    assert heads.gap(published) is None

    AuditLine.objects.filter(sequence__gt=4).delete()
    last = sealed_lines().last()
    assert last is not None
    AuditSeal.objects.update(sequence=4, line_hash=last.line_hash)

    assert chain.verify().broken_at is None, "cut off at the end, the chain alone fits"
    assert heads.gap(published) == Gap(published[2], published[1], missing=True)


def test_a_head_shows_a_chain_that_was_made_anew_with_the_stolen_key(tmp_path: Path) -> None:
    write(4)
    chain.seal()
    heads.write_head(tmp_path, head_now())
    key = keys.audit_key()
    previous = ""
    for line in sealed_lines():
        line.actor_name, line.previous_hash = "别人", previous
        line.line_hash = chain._hash(previous, line, key)
        line.save()
        previous = line.line_hash
    AuditSeal.objects.update(line_hash=previous)

    assert chain.verify().broken_at is None
    found = heads.gap(heads.read_heads(tmp_path))
    assert found is not None
    assert (found.head.sequence, found.after, found.missing) == (4, 0, False)


def test_what_a_restoring_lost_is_no_gap(tmp_path: Path) -> None:
    write(2)
    chain.seal()
    lost = Head(9, hashlib.sha256().hexdigest(), "2026-03-08T01:00:00+00:00")
    later = Head(9, hashlib.sha256().hexdigest(), "2026-03-10T01:00:00+00:00")
    assert heads.gap([lost]) is not None

    write(1, action=heads.RESTORED, sealed=2)

    assert heads.gap([lost]) is None
    assert heads.gap([later]) == Gap(later, None, missing=True)


def test_a_head_can_be_written_down_and_typed_in_again() -> None:
    write(3)
    chain.seal()
    code = head_now().code

    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        assert heads.head_of_code(typed) == Head(3, head_now().line_hash[:16])
    assert heads.gap([Head(3, head_now().line_hash[:16])]) is None
    wrong = heads.head_of_code(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert wrong is not None
    assert heads.gap([wrong]) is not None
    for none in ("", "hello", "12-34"):
        assert heads.head_of_code(none) is None


def test_a_spoilt_line_of_the_file_is_passed_over(tmp_path: Path) -> None:
    write(1)
    chain.seal()
    heads.write_head(tmp_path, head_now())
    with (tmp_path / heads.FILE).open("a") as file:
        file.write("half a li")

    assert len(heads.read_heads(tmp_path)) == 1
    assert heads.read_heads(tmp_path / "none.jsonl") == []
