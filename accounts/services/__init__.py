"""Writes of accounts: users, roles, one-time links, passwords, sign-in."""

from accounts.services.grants import approve_grant, grant_role, withdraw_grant
from accounts.services.links import accept_first_link, accept_link, create_first_link, ensure_first_link, reset_user
from accounts.services.passwords import change_password
from accounts.services.sign_in import check_password, record_refusal, record_sign_in, record_sign_out
from accounts.services.tokens import make_token, note_token_use, withdraw_token
from accounts.services.users import (
    create_user,
    disable_user,
    enable_user,
    end_other_sessions,
    end_own_session,
    end_sessions,
    set_own_language,
)

__all__ = [
    "accept_first_link",
    "accept_link",
    "approve_grant",
    "change_password",
    "check_password",
    "create_first_link",
    "create_user",
    "disable_user",
    "enable_user",
    "end_other_sessions",
    "end_own_session",
    "end_sessions",
    "ensure_first_link",
    "grant_role",
    "make_token",
    "note_token_use",
    "record_refusal",
    "record_sign_in",
    "record_sign_out",
    "reset_user",
    "set_own_language",
    "withdraw_grant",
    "withdraw_token",
]
