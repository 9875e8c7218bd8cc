"""Pages of versions: drafting, lines, paste, comparison, approval, comments, the paper and the public addresses."""

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitVersion
from tests.conftest import SignIn
from tests.support.people import an_actor
from tests.support.standards import a_draft, a_submitted_draft, an_approved_version


@pytest.fixture
def draft(session: Session) -> KitVersion:
    version = a_draft(session, an_actor(session, role=Role.MINISTRY))
    session.commit()
    return version


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_of_a_version_is_shown(session: Session, sign_in: SignIn, language: str) -> None:
    author = an_actor(session, role=Role.MINISTRY)
    a_submitted_draft(session, author)
    an_approved_version(session)
    a_draft(session, author)
    session.commit()
    browser = sign_in(Role.MINISTRY, language=language)
    for path in (
        "/catalog/kits/F13",
        "/catalog/kits/F13/versions/new",
        "/catalog/kits/F13/versions/1",
        "/catalog/kits/F13/versions/2",
        "/catalog/kits/F13/versions/3",
        "/catalog/kits/F13/versions/4",
        "/catalog/kits/F13/versions/4/edit",
        "/catalog/kits/F13/versions/4/lines",
        "/catalog/kits/F13/versions/2/return",
        "/catalog/kits/F13/versions/2/comments",
        "/catalog/kits/F13/compare",
        "/catalog/kits/F13/compare?left=1&right=4",
        "/catalog/kits/HYG/compare",
        "/standards",
        "/standards?quarter=2019-Q1",
        "/standards/F13",
        "/standards/F13?quarter=2019-Q1",
        "/standards/F13/1",
        "/standards/F13/3",
    ):
        assert browser.get(path).status_code == 200, path
    for path in ("/catalog/kits/F13/versions/4/paper.pdf", "/standards/F13/3.pdf", "/standards/F13/3.json"):
        assert browser.get(path).status_code == 200, path
