"""Forms about logins, posts and keys."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.kernel.access.models import Account, DataScope
from linli.kernel.access.queries import machines_for, roles
from linli.kernel.access.rules import administers
from linli.kernel.acting import Actor, Scope
from linli.kernel.people.queries import staff_for
from linli.screens.console.labels import words_of
from linli.screens.console.people.forms import (
    ConsoleForm,
    area_of_code,
    area_options,
    day_field,
    grid_code_field,
    number_choice,
    organization_options,
    role_options,
)
from linli.screens.console.people.words import (
    ACCOUNT_STATES,
    DATA_SCOPES,
    SCOPE_HELP,
)
from linli.screens.shared.choosing import choice_field
from linli.screens.shared.numbers import whole_number


class AccountForm(ConsoleForm):
    """A user name for somebody."""

    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("登录时用，例如姓名拼音加工号；以后不能改。"),
    )

    def __init__(self, data: Any = None, *, username: str = "") -> None:
        super().__init__(data, initial={"username": username}, auto_id="account-%s")


class AdministratorForm(AccountForm):
    """One of the three administrators, before there is a register of people."""

    role = forms.Field()

    def __init__(self, data: Any = None, *, role: str = "") -> None:
        super().__init__(data)
        three = [one for one in roles() if len(administers(frozenset(one.permissions))) == 1]
        first = next((one.pk for one in three if one.code == role), None)
        self.fields["role"] = number_choice(_("岗位"), role_options(three), initial=first)


class LinkForm(ConsoleForm):
    """Whose login it is, by employee number: unique, and no list of everybody is needed."""

    staff = forms.CharField(
        label=gettext_lazy("工号"),
        max_length=24,
        help_text=gettext_lazy("见“人员与岗位”。归到人员名下以后不能再改给别人。"),
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, auto_id="link-%s")
        self.actor = actor

    def clean_staff(self) -> int:
        number = str(self.cleaned_data["staff"]).strip()
        found = staff_for(self.actor).filter(employee_no__iexact=number).first()
        if found is None:
            raise forms.ValidationError(
                _("没有工号为“%(number)s”的人员，请核对。") % {"number": number}
            )
        return found.pk


class PostForm(ConsoleForm):
    """A role, over some rows, from one day to another."""

    role = forms.Field()
    data_scope = forms.ChoiceField(
        label=gettext_lazy("数据范围"),
        choices=list(DATA_SCOPES.items()),
        widget=forms.RadioSelect,
        initial=DataScope.BELOW,
    )
    area = forms.Field()
    organization = forms.Field()
    valid_from = day_field(gettext_lazy("从哪天起"))
    valid_until = day_field(
        gettext_lazy("到哪天止"), required=False, help_text=gettext_lazy("不填就是长期；含当天。")
    )

    def __init__(self, data: Any = None, *, scope: Scope, account: Account, today: date) -> None:
        super().__init__(data, initial={"valid_from": today}, auto_id="post-%s")
        self.fields["role"] = number_choice(_("岗位"), role_options())
        choice_field(self, "data_scope").choices = [
            (code, words_of(DATA_SCOPES, code)) for code in self._offered(scope, account)
        ]
        self.fields["area"] = number_choice(
            _("辖区或网格"),
            area_options(scope),
            required=False,
            help_text=_("数据范围是“本级及以下”“只看本级”“网格”时选。"),
        )
        self.fields["organization"] = number_choice(
            _("单位"),
            organization_options(scope),
            empty=_("本人的单位"),
            required=False,
            help_text=_("数据范围是“本单位”时选。"),
        )
        by_code = grid_code_field(scope)
        if by_code is not None:
            self.fields["grid_code"] = by_code
            self.order_fields(["role", "data_scope", "area", "grid_code", "organization"])

    @property
    def scope_help(self) -> list[str]:
        choices: Any = choice_field(self, "data_scope").choices
        return [words_of(SCOPE_HELP, code) for code, _word in choices]

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        area_of_code(self, given, "area")
        return given

    @staticmethod
    def _offered(scope: Scope, account: Account) -> list[str]:
        """Everything is given only by who has it; a machine has neither grids nor matters of its own."""
        hidden = set() if scope.everywhere else {DataScope.ALL}
        if account.staff is None:
            hidden |= {DataScope.GRID, DataScope.SELF}
        return [code for code in DataScope.values if code not in hidden]


class KeyForm(ConsoleForm):
    """A key for a machine's account."""

    account = forms.Field()
    name = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=60,
        help_text=gettext_lazy("谁用、做什么，例如“12345 平台推送工单”。"),
    )

    def __init__(self, data: Any = None, *, actor: Actor, account: str = "") -> None:
        super().__init__(data, auto_id="key-%s")
        machines = [(one.pk, one.username) for one in machines_for(actor)]
        self.fields["account"] = number_choice(
            _("接口账号"), machines, initial=whole_number(account)
        )


class AccountConditions(ConsoleForm):
    """The condition row of the list of logins."""

    q = forms.CharField(label=gettext_lazy("查询"), required=False, max_length=60)
    role = forms.Field()
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=list(ACCOUNT_STATES.items())
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="condition-%s")
        self.fields["q"].widget.attrs["placeholder"] = _("用户名或姓名")
        self.fields["role"] = number_choice(
            _("岗位"), role_options(), empty=_("全部"), required=False
        )
