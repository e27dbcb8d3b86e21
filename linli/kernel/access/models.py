from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Accounts(BaseUserManager["Account"]):
    """Makes accounts with a hashed password."""

    def create_account(self, username: str, password: str, **fields: Any) -> Account:
        account = Account(username=username, **fields)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser):
    """A login. `demo` accounts exist only beside demo data and are refused without it.

    `sessions_ended` counts how often all its sessions were ended at once; each session is of one such count.
    """

    username = models.CharField(max_length=40, unique=True)
    staff = models.OneToOneField(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    sessions_ended = models.PositiveIntegerField(default=0)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "username"

    def get_session_auth_hash(self) -> str:
        """A session is good while its hash is this: a new password ends it, and so does ending all sessions."""
        return f"{super().get_session_auth_hash()}:{self.sessions_ended}"


class Role(models.Model):
    """A named set of permission codes, e.g. 派遣员. `axis` keeps supervision and command apart."""

    class Axis(models.TextChoices):
        NONE = "none", "不限"
        SUPERVISION = "supervision", "监督"
        COMMAND = "command", "指挥"

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=40)
    axis = models.CharField(max_length=16, choices=Axis, default=Axis.NONE)
    permissions = models.JSONField(default=list)


class DataScope(models.TextChoices):
    ALL = "all", "全部"
    BELOW = "below", "本级及以下"
    LEVEL = "level", "本级"
    GRID = "grid", "网格"
    ORGANIZATION = "organization", "本单位"
    SELF = "self", "仅本人"


class PostHolding(models.Model):
    """Somebody holds a post: a role, over an area or an organisation, from one day to another."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    data_scope = models.CharField(max_length=16, choices=DataScope)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class ApiKey(models.Model):
    """A machine's key; only its SHA-256 is stored."""

    name = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """Something that is counted: a wrong receipt, a wrong password, a code that was asked for. See `attempts.py`."""

    what = models.CharField(max_length=64)
    at = models.DateTimeField()
    kept_until = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["what", "at"], name="attempt_what")]


class Approval(models.Model):
    """Something one administrator wants to do and another has to agree to. See `approving.py`."""

    subject = models.CharField(max_length=120)
    words = models.CharField(max_length=200)
    asked_by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "asked_by"],
                condition=models.Q(decided_at=None),
                name="approval_asked_once",
            )
        ]
