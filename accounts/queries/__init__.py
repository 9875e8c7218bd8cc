"""Reads of accounts: who acts, users and their roles, one-time links, the audit trail."""

from accounts.queries.actors import find_actor, get_actor
from accounts.queries.audit import select_audit
from accounts.queries.links import get_link
from accounts.queries.scopes import get_scope, name_scopes
from accounts.queries.tokens import find_live_token, get_own_token, list_tokens_of
from accounts.queries.users import (
    count_administrators,
    count_users_by_role,
    find_credential,
    find_user,
    get_grant,
    get_user,
    list_grants,
    place_words,
    select_users,
)

__all__ = [
    "count_administrators",
    "count_users_by_role",
    "find_actor",
    "find_credential",
    "find_live_token",
    "find_user",
    "get_actor",
    "get_grant",
    "get_link",
    "get_own_token",
    "get_scope",
    "get_user",
    "list_grants",
    "list_tokens_of",
    "name_scopes",
    "place_words",
    "select_audit",
    "select_users",
]
