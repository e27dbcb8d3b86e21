"""A worker's phone for the tests: a client that is logged in, a clock that stands still, pictures."""

from __future__ import annotations

import io
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.cases.actions.moving import make_move
from linli.cases.facts import Facts
from linli.cases.models import Case
from linli.kernel.access.models import Account
from tests.walks import opened
from tests.world import MONDAY, World

CLOCK = "linli.screens.field.tests.phone.monday"


def monday() -> datetime:
    return MONDAY


def phone_of(username: str) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    account = Account.objects.get(username=username)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def photo(colour: str = "green") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), "image/jpeg")


def verifying(world: World) -> Case:
    """A case that 网格员小李 has to verify."""
    case = opened(world)
    return make_move(case.pk, "ask_verify", by=world.actors["acceptor"], facts=Facts(), now=MONDAY)
