"""A page with one form and one action behind it: shown, sent, brought back with the field named, or done.

return fill_in(request, TransferForm(...), Asking(title=..., ...), do=lambda given: transfer_staff(...))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from linli.kernel.errors import LinliError
from linli.screens.console.menu import page
from linli.screens.shared.guard import PageRequest

NOT_FOUND = 404


@dataclass(frozen=True)
class Asking:
    """What stands around the fields. `back` is where one goes without doing it, and afterwards."""

    title: str
    here: str
    button: str
    back: str
    done: str
    words: str = ""
    warning: str = ""
    icon: str = "check"
    danger: bool = False
    trail: tuple[tuple[str, str], ...] = ()
    template: str = "console/form.html"


def fill_in(
    request: PageRequest,
    form: forms.Form,
    asking: Asking,
    *,
    do: Callable[[dict[str, Any]], Any],
    then: Callable[[Any], HttpResponse] | None = None,
    **context: Any,
) -> HttpResponse:
    """GET shows the form, a good POST does it; `then` answers with what was made, else one goes back with a word.

    What the action refuses stands at the field it names, above the form when it names none.
    """
    status = 200
    if request.method == "POST":
        made, status = _done(form, do)
        if status == 200:
            if then is not None:
                return then(made)
            messages.success(request, asking.done)
            return redirect(asking.back)
    return page(
        request,
        asking.template,
        title=asking.title,
        here=asking.here,
        trail=asking.trail,
        status=status,
        form=form,
        asking=asking,
        **context,
    )


def sent(request: PageRequest) -> QueryDict | None:
    """What was sent with a form; None while it is only looked at, also when nothing but the button was sent."""
    return request.POST if request.method == "POST" else None


def _done(form: forms.Form, do: Callable[[dict[str, Any]], Any]) -> tuple[Any, int]:
    if not form.is_valid():
        return None, 422
    try:
        return do(form.cleaned_data), 200
    except LinliError as refused:
        if refused.status == NOT_FOUND:
            raise
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, refused.message)
        return None, refused.status
