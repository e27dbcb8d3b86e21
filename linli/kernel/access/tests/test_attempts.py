"""Guesses are slowed down by what they touch, and nobody is locked out by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linli.kernel.access import attempts
from linli.kernel.access.attempts import TooManyTries
from linli.kernel.access.models import Attempt
from tests.world import MONDAY


def tried(times: int, name: str, address: str) -> None:
    for _ in range(times):
        attempts.remember_login_failure(name, address, now=MONDAY)


def test_one_name_guessed_from_many_addresses_is_stopped(db: None) -> None:
    for number in range(20):
        attempts.refuse_login("Wang", f"203.0.113.{number}", now=MONDAY)
        tried(1, "wang", f"203.0.113.{number}")
    with pytest.raises(TooManyTries):
        attempts.refuse_login("WANG", "203.0.113.99", now=MONDAY)
    attempts.refuse_login("li", "203.0.113.99", now=MONDAY)


def test_many_names_sprayed_from_one_address_are_stopped(db: None) -> None:
    for number in range(30):
        attempts.refuse_login(f"name{number}", "203.0.113.9", now=MONDAY)
        tried(1, f"name{number}", "203.0.113.9")
    with pytest.raises(TooManyTries) as refused:
        attempts.refuse_login("name30", "203.0.113.9", now=MONDAY)
    assert (refused.value.status, refused.value.field) == (429, "login")
    attempts.refuse_login("name30", "203.0.113.10", now=MONDAY)
    attempts.refuse_login("name30", "203.0.113.9", now=MONDAY + timedelta(minutes=31))


def test_whoever_is_known_at_an_address_is_not_locked_out_by_others(db: None) -> None:
    attempts.remember_known("wang", "203.0.113.1", now=MONDAY)
    tried(300, "wang", "198.51.100.7")
    attempts.refuse_login("Wang", "203.0.113.1", now=MONDAY)
    with pytest.raises(TooManyTries):
        attempts.refuse_login("li", "203.0.113.2", now=MONDAY)  # in total
    assert not attempts.is_known("wang", "203.0.113.1", now=MONDAY + timedelta(days=31))


def test_an_unlocked_name_may_try_again(db: None) -> None:
    tried(20, "wang", "")
    assert attempts.used_up_among("login.name", ["wang", "li"], now=MONDAY) == {"wang"}
    attempts.forgive("Wang")
    assert not attempts.used_up("login.name", "wang", now=MONDAY)


def test_tries_are_kept_as_long_as_they_count_and_name_nobody(db: None) -> None:
    tried(1, "wang", "203.0.113.1")
    assert not any("wang" in what for what in Attempt.objects.values_list("what", flat=True))
    attempts.remember_tries({"receipt": "1"}, now=MONDAY + timedelta(days=2))
    assert Attempt.objects.count() == 1
