"""Logins, posts and keys, for whoever manages access. A password or key stands on exactly one answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.kernel.access.actions import (
    NewLogin,
    deactivate_account,
    end_post,
    give_post,
    link_account,
    make_account,
    make_administrator,
    make_client_account,
    make_key,
    reactivate_account,
    reset_password,
    unlock_account,
    withdraw_key,
)
from linli.kernel.access.holding import is_machine
from linli.kernel.access.models import Account, ApiKey, PostHolding
from linli.kernel.access.queries import (
    account_for,
    accounts_for,
    accounts_in_state,
    in_force,
    keys_for,
    locked_names,
    posts_of,
    roles,
)
from linli.kernel.calendar.local import local_day
from linli.kernel.errors import NotFound
from linli.kernel.people.queries import staff_member
from linli.kernel.public_address import public_address
from linli.screens.console.access.approvals import asking_first
from linli.screens.console.access.forms import (
    AccountConditions,
    AccountForm,
    AdministratorForm,
    KeyForm,
    LinkForm,
    PostForm,
)
from linli.screens.console.form_page import Asking, fill_in, sent
from linli.screens.console.labels import words_of
from linli.screens.console.menu import page
from linli.screens.console.paging import walk
from linli.screens.console.people.changes import FORM
from linli.screens.console.people.forms import Confirmation, EndForm, role_words
from linli.screens.console.people.rows import history, login_tags, post_facts
from linli.screens.console.people.words import RIGHTS
from linli.screens.shared.guard import PageRequest, needs

ACCOUNTS, KEYS = "console:accounts", "console:keys"
MANAGE = "access.manage"


@require_GET
@needs("access.manage")
def accounts(request: PageRequest) -> HttpResponse:
    """Logins of the scope under the conditions of the row, with their posts and last login."""
    today = local_day(request.now)
    form = AccountConditions(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = accounts_in_state(
        accounts_for(request.actor, words=str(wanted.get("q") or "").strip()),
        str(wanted.get("state") or "open"),
        on=today,
        role_id=wanted.get("role"),
    )
    found, pager = walk(request, rows, "username")
    held = posts_of(request.actor, [one.pk for one in found])
    locked = locked_names((one.username for one in found), now=request.now)
    return page(
        request,
        "console/access/accounts.html",
        title=_("账号与权限"),
        here=ACCOUNTS,
        form=form,
        rows=[
            {
                "account": one,
                "machine": is_machine(one),
                "posts": [
                    post_facts(post, today)
                    for post in held.get(one.pk, [])
                    if in_force(post, today)
                ],
                "tags": login_tags(one.staff, one, locked=locked),
            }
            for one in found
        ],
        pager=pager,
        narrowed=any(wanted.values()),
        everywhere=request.actor.scope(MANAGE).everywhere,
    )


@require_GET
@needs("access.manage")
def account_page(request: PageRequest, account_id: int) -> HttpResponse:
    """One login: whose it is, what it may, since when, until when."""
    account = account_for(request.actor, account_id)
    today = local_day(request.now)
    locked = locked_names([account.username], now=request.now)
    return page(
        request,
        "console/access/account.html",
        title=account.username,
        here=ACCOUNTS,
        trail=[_whose(account)],
        account=account,
        machine=is_machine(account),
        own=account.pk == request.actor.account_id,
        locked=bool(locked),
        tags=login_tags(account.staff, account, locked=locked),
        posts=history(posts_of(request.actor, [account.pk]).get(account.pk, []), today),
        keys=[key for key in keys_for(request.actor) if key.account_id == account.pk],
    )


@require_GET
@needs("access.manage")
def role_list(request: PageRequest) -> HttpResponse:
    """What each post may do, in words."""
    rows = [
        {
            "role": role,
            "words": role_words(role),
            "rights": [words_of(RIGHTS, right) for right in role.permissions],
        }
        for role in roles()
    ]
    return page(
        request, "console/access/roles.html", title=_("岗位与权限对照"), here=ACCOUNTS, rows=rows
    )


@FORM
@needs("access.manage")
def account_new(request: PageRequest, staff_id: int) -> HttpResponse:
    """Give somebody a login; the password is shown once."""
    staff = staff_member(request.actor, staff_id)
    form = AccountForm(sent(request), username=staff.employee_no.lower())
    asking = Asking(
        title=f"{_('开账号')} · {staff.name}",
        here="console:people",
        button=_("开账号"),
        back=reverse("console:staff", args=[staff.pk]),
        done="",
        words=_("系统会生成一次性密码，只显示一次；本人第一次登录时必须改掉。开好后再给岗位。"),
        trail=((staff.name, reverse("console:staff", args=[staff.pk])),),
    )

    def do(given: dict[str, Any]) -> NewLogin:
        return make_account(staff_id, **given, by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do, then=lambda made: _told(request, made))


@FORM
@needs("access.manage")
def administrator_new(request: PageRequest) -> HttpResponse:
    """A login for one of the three administrators, before there are people to choose from."""
    form = AdministratorForm(sent(request), role=request.GET.get("role", ""))
    words = _(
        "安全、系统、审计三个管理员由三个人担任，互相监督。人员录入后可以把账号归到本人名下。"
    )
    asking = _asking_for_account(_("新建管理员账号"), _("建立账号"), words)

    def do(given: dict[str, Any]) -> NewLogin:
        return make_administrator(
            username=given["username"], role_id=given["role"], by=request.actor, now=request.now
        )

    run = asking_first(request, do)
    return fill_in(request, form, asking, do=run, then=lambda made: _told(request, made))


@FORM
@needs("access.manage")
def client_new(request: PageRequest) -> HttpResponse:
    """An account for a machine; nobody logs in with it."""
    words = _("接口账号给热线平台、大屏等系统用，不能登录，只凭接口密钥。建好后给岗位，再建密钥。")
    asking = _asking_for_account(_("新建接口账号"), _("建立账号"), words)

    def do(given: dict[str, Any]) -> Account:
        return make_client_account(**given, by=request.actor, now=request.now)

    return fill_in(request, AccountForm(sent(request)), asking, do=do)


@FORM
@needs("access.manage")
def account_person(request: PageRequest, account_id: int) -> HttpResponse:
    """Say whose login it is."""
    account = account_for(request.actor, account_id)
    form = LinkForm(sent(request), actor=request.actor)
    asking = _asking(account, title=_("归到人员名下"), button=_("保存"), done=_("已归到人员名下。"))

    def do(given: dict[str, Any]) -> Account:
        return link_account(account_id, staff_id=given["staff"], by=request.actor, now=request.now)

    return fill_in(request, form, asking, do=do)


@FORM
@needs("access.manage")
def account_password(request: PageRequest, account_id: int) -> HttpResponse:
    """A new password for one time; shown once."""
    account = account_for(request.actor, account_id)
    asking = _asking(
        account,
        title=_("重置密码"),
        button=_("生成新的一次性密码"),
        words=_("原密码立即失效，已登录的会退出；锁定也会解除。请先核实是本人要求的。"),
        danger=True,
    )

    def do(_given: dict[str, Any]) -> NewLogin:
        return reset_password(account_id, by=request.actor, now=request.now)

    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=asking_first(request, do),
        then=lambda made: _told(request, made),
    )


@FORM
@needs("access.manage")
def account_lock(request: PageRequest, account_id: int) -> HttpResponse:
    """Undo the lock after too many wrong passwords."""
    account = account_for(request.actor, account_id)
    asking = _asking(
        account,
        title=_("解除锁定"),
        button=_("解除锁定"),
        done=_("已解除锁定，可以马上再登录。"),
        words=_("密码不变。本人忘了密码的，请用“重置密码”。"),
    )
    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=lambda _given: unlock_account(account_id, by=request.actor, now=request.now),
    )


@FORM
@needs("access.manage")
def account_state(request: PageRequest, account_id: int) -> HttpResponse:
    """Close an open login, or open a closed one."""
    account = account_for(request.actor, account_id)
    if account.is_active:
        act, asking = (
            deactivate_account,
            _asking(
                account,
                title=_("停用账号"),
                button=_("停用"),
                done=_("账号已停用。"),
                words=_("立即不能登录，密钥也失效；岗位和记录保留，以后可以启用。"),
                danger=True,
            ),
        )
    else:
        act, asking = (
            reactivate_account,
            _asking(
                account,
                title=_("启用账号"),
                button=_("启用"),
                done=_("账号已启用。"),
                words=_("还没到期的岗位随之恢复，请启用后核对。"),
            ),
        )
    return fill_in(
        request,
        Confirmation(sent(request)),
        asking,
        do=lambda _given: act(account_id, by=request.actor, now=request.now),
    )


@FORM
@needs("access.manage")
def post_new(request: PageRequest, account_id: int) -> HttpResponse:
    """Let a login hold a post."""
    account = account_for(request.actor, account_id)
    scope, today = request.actor.scope(MANAGE), local_day(request.now)
    form = PostForm(sent(request), scope=scope, account=account, today=today)
    asking = _asking(
        account,
        title=_("给岗位"),
        button=_("给岗位"),
        done=_("岗位已给，几秒后生效。"),
        template="console/access/post.html",
    )

    def do(given: dict[str, Any]) -> PostHolding:
        return give_post(
            account_id,
            role_id=given["role"],
            data_scope=given["data_scope"],
            area_id=given["area"],
            organization_id=given["organization"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            by=request.actor,
            now=request.now,
        )

    run = asking_first(request, do)
    return fill_in(request, form, asking, do=run, roles_url=reverse("console:roles"))


@FORM
@needs("access.manage")
def post_end(request: PageRequest, account_id: int, post_id: int) -> HttpResponse:
    """Let a post end."""
    account = account_for(request.actor, account_id)
    today = local_day(request.now)
    held = posts_of(request.actor, [account.pk]).get(account.pk, [])
    post = next((one for one in held if one.pk == post_id), None)
    if post is None:
        raise NotFound("没有这个岗位，请从账号页面重选。")
    facts = post_facts(post, today)
    asking = _asking(
        account,
        title=_("结束岗位"),
        button=_("结束岗位"),
        done=_("岗位已结束。"),
        words=_("%(role)s，%(reach)s，从 %(day)s 起。记录保留。")
        % {"role": facts["role"], "reach": facts["reach"], "day": post.valid_from},
        danger=True,
    )

    def do(given: dict[str, Any]) -> PostHolding:
        return end_post(post_id, last=given["last"], by=request.actor, now=request.now)

    return fill_in(request, EndForm(sent(request), today=today), asking, do=do)


@require_GET
@needs("access.manage")
def keys(request: PageRequest) -> HttpResponse:
    """Keys of machines; what they are is not stored, only for what they were made."""
    return page(
        request,
        "console/access/keys.html",
        title=_("接口密钥"),
        here=KEYS,
        keys=list(keys_for(request.actor)),
        everywhere=request.actor.scope(MANAGE).everywhere,
    )


@FORM
@needs("access.manage")
def key_new(request: PageRequest) -> HttpResponse:
    """A key for a machine's account; shown once."""
    form = KeyForm(sent(request), actor=request.actor, account=request.GET.get("account", ""))
    asking = Asking(
        title=_("新建密钥"),
        here=KEYS,
        button=_("生成密钥"),
        back=reverse(KEYS),
        done="",
        icon="key",
        words=_("密钥只显示一次，请当面交给对方系统的管理员。它能做的，就是接口账号的岗位能做的。"),
        trail=((_("新建密钥"), ""),),
    )

    def do(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        key = make_key(given["account"], name=given["name"], by=request.actor, now=request.now)
        return key, given

    def then(made: tuple[str, dict[str, Any]]) -> HttpResponse:
        key, given = made
        owner = account_for(request.actor, given["account"])
        return _secret(request, account=owner, secret=key, purpose=given["name"], here=KEYS)

    return fill_in(request, form, asking, do=do, then=then)


@FORM
@needs("access.manage")
def key_withdrawal(request: PageRequest, key_id: int) -> HttpResponse:
    """Withdraw a key."""
    key = keys_for(request.actor).filter(pk=key_id).first()
    if key is None:
        raise NotFound("没有这个密钥，请从密钥列表里重选。")
    asking = Asking(
        title=f"{_('停用密钥')} · {key.name}",
        here=KEYS,
        button=_("停用"),
        back=reverse(KEYS),
        done=_("密钥已停用。"),
        words=_("用这个密钥的系统立即不能再访问，不能恢复；需要时另建一个。"),
        danger=True,
        trail=((key.account.username, reverse("console:account", args=[key.account_id])),),
    )

    def do(_given: dict[str, Any]) -> ApiKey:
        return withdraw_key(key_id, by=request.actor, now=request.now)

    return fill_in(request, Confirmation(sent(request)), asking, do=do)


def _whose(account: Account) -> tuple[str, str]:
    if account.staff is not None:
        return account.staff.name, reverse("console:staff", args=[account.staff.pk])
    return (_("接口账号") if is_machine(account) else _("没有归到人员")), ""


def _told(request: PageRequest, made: NewLogin) -> HttpResponse:
    return _secret(request, account=made.account, secret=made.password, purpose="", here=ACCOUNTS)


def _secret(
    request: PageRequest, *, account: Account, secret: str, purpose: str, here: str
) -> HttpResponse:
    """The one page that shows a password or key; no browser and no proxy may keep it."""
    answer = page(
        request,
        "console/access/secret.html",
        title=_("接口密钥") if purpose else _("一次性密码"),
        here=here,
        account=account,
        secret=secret,
        purpose=purpose,
        login_url=public_address(request, "/login"),
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _asking(account: Account, *, title: str, done: str = "", **more: Any) -> Asking:
    back = reverse("console:account", args=[account.pk])
    name = str(account.staff or account.username)
    trail = ((account.username, back),)
    return Asking(
        title=f"{title} · {name}", here=ACCOUNTS, back=back, done=done, trail=trail, **more
    )


def _asking_for_account(title: str, button: str, words: str) -> Asking:
    return Asking(
        title=title,
        here=ACCOUNTS,
        button=button,
        back=reverse(ACCOUNTS),
        done=_("已建立，请在它的页面给岗位。"),
        words=words,
        trail=((title, ""),),
    )
