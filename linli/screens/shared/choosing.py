"""Fields of a form whose choices are known only when the form is made."""

from __future__ import annotations

from django import forms


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field of that name, which has choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), f"{name} is a field with choices"
    return field
