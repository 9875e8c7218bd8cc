"""Views of lists that somebody keeps: kept, opened, renamed, deleted, and never somebody else's (UX-41, SEC-21)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.clock import now
from core.errors import NotFound
from core.web.models import SavedView
from core.web.saved_views import (
    MOST_VIEWS,
    TooManyViews,
    ViewNameTaken,
    ViewUnreadable,
    delete_view,
    get_view,
    rename_view,
    save_view,
)
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.people import an_actor

STOCK = "/warehouses/stock"
CHOSEN = "kind=point&columns=lot,available&sort=-expires"


def keep(client: InspectingClient, name: str, *, of: str = "warehouses.list_stock", arguments: str = CHOSEN) -> int:
    answer = client.send_button(
        "/saved-views", page=STOCK, name=name, of=of, arguments=arguments, back=f"{STOCK}?{CHOSEN}"
    )
    return answer.status_code


def found_by(client: InspectingClient, address: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(address, headers={"Accept": "application/json"}).get_json()["found"]
    return found


def views(session: Session) -> list[SavedView]:
    session.expire_all()
    return list(session.scalars(select(SavedView).order_by(SavedView.id)))


def test_ux_41_a_view_is_kept_shown_opened_renamed_and_deleted(session: Session, sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    assert keep(client, "  My \u200bpoints ") == 303
    (view,) = views(session)
    assert view.name == "My points"
    page = client.get(STOCK).text
    assert f'href="{STOCK}?{view.arguments.replace("&", "&amp;")}"' in page
    opened = client.get(f"{STOCK}?{view.arguments}")
    assert opened.status_code == 200
    assert 'aria-current="true"' in opened.text.partition("</nav>")[0] or "My points" in opened.text
    assert "My points" in client.get("/saved-views").text
    assert client.send_form(f"/saved-views/{view.id}/rename", name="All points").status_code == 303
    assert [one.name for one in views(session)] == ["All points"]
    assert client.send_button(f"/saved-views/{view.id}/delete", page="/saved-views").status_code == 303
    assert views(session) == []


def test_ux_41_a_view_keeps_neither_the_page_nor_a_file(session: Session, sign_in: SignIn) -> None:
    assert keep(sign_in(Role.MINISTRY), "Later", arguments="kind=point&page=7&format=csv") == 303
    assert [view.arguments for view in views(session)] == ["kind=point"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 61])
def test_a_name_that_is_none_is_asked_for_once_more(session: Session, sign_in: SignIn, name: str) -> None:
    assert keep(sign_in(Role.MINISTRY), name) == 200
    assert views(session) == []


@pytest.mark.parametrize("of", ["accounts.list_users", "app.home", "nothing", "", "warehouses.open_place"])
def test_sec_20_a_view_of_what_is_no_list_or_not_open_to_one_is_refused(
    session: Session, sign_in: SignIn, of: str
) -> None:
    assert keep(sign_in(Role.MINISTRY), "Mine", of=of) == 404
    assert views(session) == []


def test_sec_21_views_of_others_do_not_exist(session: Session, sign_in: SignIn) -> None:
    owner, other = sign_in(Role.MINISTRY), sign_in(Role.AUDITOR)
    keep(owner, "Secret view")
    (view,) = views(session)
    assert "Secret view" not in other.get(STOCK).text
    assert "Secret view" not in other.get("/saved-views").text
    assert other.get(f"/saved-views/{view.id}/rename").status_code == 404
    assert other.post_with_token(f"/saved-views/{view.id}/rename", name="Stolen").status_code == 404
    assert other.post_with_token(f"/saved-views/{view.id}/delete").status_code == 404
    assert [one.name for one in views(session)] == ["Secret view"]


def test_sec_12_saving_leads_back_within_the_house_only(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    answer = client.send_button(
        "/saved-views", page=STOCK, name="Out", of="warehouses.list_stock", arguments="", back="//evil.example/"
    )
    assert answer.headers["Location"] == "/"


def test_ux_41_a_list_keeps_so_many_views_and_each_name_once(session: Session) -> None:
    someone, other = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.AUDITOR)
    for number in range(MOST_VIEWS):
        save_view(session, user_id=someone.id, endpoint="a.b", name=f"View {number}", arguments="", at=now())
    with pytest.raises(TooManyViews):
        save_view(session, user_id=someone.id, endpoint="a.b", name="One more", arguments="", at=now())
    first = save_view(session, user_id=other.id, endpoint="a.b", name="Көктем", arguments="", at=now())
    with pytest.raises(ViewNameTaken):
        save_view(session, user_id=other.id, endpoint="a.b", name="КӨКТЕМ", arguments="", at=now())
    second = save_view(session, user_id=other.id, endpoint="a.c", name="Көктем", arguments="", at=now())
    assert rename_view(session, first.id, user_id=other.id, name="көктем").name == "көктем"
    with pytest.raises(NotFound):
        rename_view(session, second.id, user_id=someone.id, name="Mine")
    with pytest.raises(NotFound):
        delete_view(session, second.id, user_id=someone.id)
    assert get_view(session, second.id, user_id=other.id).name == "Көктем"


@pytest.mark.parametrize("arguments", ["a=1&a=2", "x=" + "y" * 1001, "&".join(f"a{n}=1" for n in range(31))])
def test_sec_34_a_choice_that_is_none_is_not_kept(session: Session, arguments: str) -> None:
    someone = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(ViewUnreadable):
        save_view(session, user_id=someone.id, endpoint="a.b", name="Odd", arguments=arguments, at=now())


def test_sec_29_a_name_is_shown_as_it_is_and_never_runs(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    keep(client, '<script>alert(1)</script>"><img src=x>')
    for page in (STOCK, "/saved-views"):
        assert "<script>alert(1)" not in client.get(page).text
        assert "&lt;script&gt;alert(1)" in client.get(page).text


def test_ux_45_what_can_be_found_is_within_reach(session: Session, sign_in: SignIn) -> None:
    keeper = sign_in(Role.SUPPLIER, ScopeKind.SUPPLIER, 2**31 - 1)
    found = found_by(keeper, "/find?q=a")
    assert {one["kind"] for one in found} <= {"Page"}
    assert not {one["href"] for one in found} & {"/warehouses/places", "/accounts/users", "/distribution/families"}
    del session


def test_ux_45_rooms_items_sets_and_places_are_found_by_name_and_code(sign_in: SignIn) -> None:
    client = sign_in(Role.MINISTRY)
    found = found_by(client, "/find?q=F13")
    assert {"kind": "Set", "code": "F13"}.items() <= next(one for one in found if one["kind"] == "Set").items()
    assert "Stock" in client.get("/find?q=stoc").text
    assert "Nothing is found" in client.get("/find?q=zzzzzz").text
    for one in found_by(client, "/find"):
        assert client.get(one["href"]).status_code == 200
