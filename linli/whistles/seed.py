"""What every installation begins with: what a whistle may be for. Loading it again changes nothing that is there."""

from __future__ import annotations

from linli.whistles.models import WhistleKind

KINDS = (
    ("prominent", "群众诉求"),
    ("key_work", "重点工作"),
    ("enforcement", "综合执法"),
    ("emergency", "应急处置"),
)
"""The four fields of 北京市街道办事处条例 (2019) article 5; a city adds its own and retires what it does not use."""


def load_kinds() -> None:
    """The kinds that are not there yet."""
    for code, name in KINDS:
        WhistleKind.objects.get_or_create(code=code, defaults={"name": name})
