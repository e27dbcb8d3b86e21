"""What the sender of a form reads when we had it already, or had another matter under its key."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ADDED: dict[str, str | Promise] = {
    "photos": gettext_lazy("新的照片已加上"),
    "confidential": gettext_lazy("已改为保密"),
    "publish_consent": gettext_lazy("不再公开"),
}
"""By the name of what was added to the report."""


def known_again(added: Iterable[str]) -> str:
    """That nothing was stored twice, and what of this sending was added."""
    given = set(added)
    if not given:
        return _("这件事刚才已经登记过，没有重复登记。")
    names = "，".join(str(word) for name, word in ADDED.items() if name in given)
    return _("这件事刚才已经登记过；%(added)s。") % {"added": names}


def ask_whether_another(form: forms.Form) -> None:
    """A form that was sent, then changed and sent again (the way back in a browser) may be another matter.

    Its words stay, it gets a key of its own, and whoever sends it once more has said so.
    """
    given = cast("QueryDict", form.data).copy()
    given["idempotency_key"] = uuid.uuid4().hex
    form.data = given
    form.add_error(
        None,
        _(
            "这张表刚才已经交过，内容和这次不一样。这是另一件事的话，请再点一次提交；不是的话，不用再交。"
        ),
    )
