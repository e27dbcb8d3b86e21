"""What cannot work is refused at the start, with a sentence; a second machine makes no second key."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from linli.config import first_start
from linli.config.first_start import CannotStart, check_adapters, check_key, note_key
from linli.config.run import _allowed_host
from linli.config.scheduled import due_since
from linli.kernel.engine.exchanging import Damaged
from linli.kernel.upkeep.models import KeyMark
from tests.world import MONDAY


@pytest.mark.parametrize("name", ["LINLI_SMS_ADAPTER", "LINLI_WEBHOOK_ADAPTER"])
def test_an_adapter_that_is_not_there_stops_the_start(name: str, settings: Settings) -> None:
    check_adapters()
    for wrong in ("office.sms.send", "linli.kernel.notify.adapters.sms", "plain"):
        setattr(settings, name, wrong)
        with pytest.raises(CannotStart, match=wrong):
            check_adapters()


@pytest.mark.django_db
def test_the_first_machine_writes_its_key_and_a_second_one_refuses_to_make_another(
    settings: Settings,
) -> None:
    file = Path(settings.LINLI_HOME) / "secret_key"
    settings.SECRET_KEY, settings.LINLI_KEY_IS_NEW = "the first machine's", True
    check_key()
    note_key()
    assert file.read_text() == "the first machine's"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "first" not in KeyMark.objects.get().fingerprint

    file.unlink()
    settings.SECRET_KEY = "made up by the second"
    with pytest.raises(CannotStart, match="还没有密钥"):
        check_key()
    assert not file.exists()
    settings.LINLI_KEY_IS_NEW = False
    with pytest.raises(CannotStart, match="是另一把"):
        check_key()


def test_a_damaged_database_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise Damaged("database disk image is malformed")

    monkeypatch.setattr("linli.kernel.engine.exchanging.check_readable", damaged)
    with pytest.raises(CannotStart, match="bin/linli restore") as refusal:
        first_start.check_database()
    assert "malformed" in str(refusal.value)


@pytest.mark.parametrize(
    ("hosts", "asked_as"),
    [("*", ""), ("linli.example", "linli.example"), (".street.example,x", "street.example")],
)
def test_the_starter_asks_by_a_name_the_site_answers_to(
    hosts: str, asked_as: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_HOSTS", hosts)
    assert _allowed_host() == asked_as


def test_a_backup_becomes_due_at_the_hour_of_the_setting(settings: Settings) -> None:
    for hour, day in ((2, 9), (8, 9), (10, 8)):
        settings.LINLI_BACKUP_HOUR = hour
        since = due_since(MONDAY)
        assert (since.day, since.hour) == (day, hour), "it is nine in the morning of the ninth"
