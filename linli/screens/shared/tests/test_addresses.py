"""An address with a character that no database takes is answered with a sentence."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.world import World


@pytest.mark.parametrize("address", ["/home/report?grid=%00", "/home/%00", "/api/reports/1%00"])
def test_a_nul_in_an_address_is_refused_before_anything_is_asked(
    world: World, address: str
) -> None:
    answer = Client().get(address)

    assert answer.status_code == 400
    assert "地址里有不能使用的字符" in answer.content.decode()
