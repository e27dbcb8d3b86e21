"""代班 on the phone: named and ended without leaving the frame of the phone."""

from __future__ import annotations

from datetime import timedelta

from linli.kernel.access.models import Account
from linli.kernel.matters.models import Deputy
from linli.screens.field.tests.phone import phone_of
from tests.markup import markup
from tests.world import DAY, World

OWN = "/field/me/deputies"


def test_a_deputy_is_named_and_ended_within_the_frame(world: World) -> None:
    phone, deputy = phone_of("handler"), world.staff["unit_leader"]
    assert f'href="{OWN}"' in markup(phone.get("/field/me"))
    page = markup(phone.get(OWN))
    assert 'class="phone' in page
    assert "/console/" not in page
    sent = {
        "deputy": deputy.pk,
        "valid_from": str(DAY),
        "valid_until": str(DAY + timedelta(days=2)),
    }

    assert phone.post(OWN, sent).headers["Location"] == OWN
    again = phone.post(OWN, sent)

    assert again.status_code == 409
    assert "已由城管老许代班" in markup(again)
    row = Deputy.objects.get()
    assert deputy.name in markup(phone.get(OWN))
    assert phone.post(f"{OWN}/{row.pk}/end").headers["Location"] == OWN
    row.refresh_from_db()
    assert row.ended_at is not None


def test_a_form_without_days_is_sent_back(world: World) -> None:
    answer = phone_of("handler").post(OWN, {"deputy": world.staff["unit_leader"].pk})
    assert answer.status_code == 422
    assert not Deputy.objects.exists()


def test_an_account_without_a_person_has_no_deputy(world: World) -> None:
    Account.objects.filter(username="handler").update(staff=None)
    assert phone_of("handler").get(OWN).status_code in (403, 404)
