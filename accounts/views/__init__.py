"""Pages of accounts: sign-in, one's own page, users and their roles, the audit trail."""

from accounts.views import audit, grants, own, sign_in, tokens, users
from accounts.views.frame import blueprint

PAGES = (sign_in, own, tokens, users, grants, audit)
"""The modules whose routes the blueprint carries."""

__all__ = ["PAGES", "blueprint"]
