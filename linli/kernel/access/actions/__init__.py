"""Every write about logins, posts and keys, by subject."""

from linli.kernel.access.actions.accounts import (
    NewLogin,
    deactivate_account,
    link_account,
    make_account,
    make_administrator,
    make_client_account,
    reactivate_account,
    reset_password,
    unlock_account,
)
from linli.kernel.access.actions.leaving import end_employment
from linli.kernel.access.actions.posts import end_post, give_post
from linli.kernel.access.keys import make_key, withdraw_key

__all__ = [
    "NewLogin",
    "deactivate_account",
    "end_employment",
    "end_post",
    "give_post",
    "link_account",
    "make_account",
    "make_administrator",
    "make_client_account",
    "make_key",
    "reactivate_account",
    "reset_password",
    "unlock_account",
    "withdraw_key",
]
