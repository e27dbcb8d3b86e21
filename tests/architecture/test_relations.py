"""Foreign keys point down, and what they point to does not know of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model

from tests.architecture.source import height


def test_foreign_keys_point_down_or_stay_at_home() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {target._meta.label}"
        for model, field, target in relations()
        if not points_down(module_of(model), module_of(target))
    ]

    assert upward == []


def test_the_target_of_a_foreign_key_gets_no_attribute_back() -> None:
    visible = [
        f"{model._meta.label}.{field.name} needs related_name='+'"
        for model, field, _ in relations()
        if not field.remote_field.hidden  # type: ignore[union-attr]
    ]

    assert visible == []


def test_a_key_from_the_ground_to_the_loop_would_be_found() -> None:
    assert points_down("linli.cases", "linli.kernel.places")
    assert points_down("linli.cases", "linli.cases")
    assert not points_down("linli.kernel.places", "linli.cases")
    assert not points_down("linli.kernel.notify", "linli.kernel.jobs")


def relations() -> Iterator[tuple[type[Model], Field, type[Model]]]:  # type: ignore[type-arg]
    """Every relation between our own tables: (from, field, to)."""
    for model in apps.get_models(include_auto_created=False):
        if not model.__module__.startswith("linli."):
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.related_model
            if isinstance(target, type) and target.__module__.startswith("linli."):
                yield model, field, target


def module_of(model: type[Model]) -> str:
    """The module a table belongs to, without the file: linli.kernel.places."""
    return apps.get_app_config(model._meta.app_label).name


def points_down(source: str, target: str) -> bool:
    return source == target or height(source) > height(target)
