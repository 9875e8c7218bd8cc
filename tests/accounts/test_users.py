"""Users and their roles: invited by link, bound by two administrators, closed and reset at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.errors import (
    AdministratorExists,
    GrantExists,
    LastAdministrator,
    LinkDead,
    LoginTaken,
    PasswordRefused,
    ScopeUnknown,
    SecondPersonNeeded,
    UserUnknown,
    WrongUserEntry,
)
from accounts.models import RoleGrant, SignInLink, User
from accounts.queries import find_actor, get_link, get_scope
from accounts.services import (
    accept_first_link,
    accept_link,
    approve_grant,
    create_first_link,
    create_user,
    disable_user,
    ensure_first_link,
    grant_role,
    reset_user,
    withdraw_grant,
)
from accounts.values import Role, ScopeKind
from app.roles import RIGHTS
from app.scopes import SCOPES
from core.actors import Actor
from core.clock import now
from core.crypto import secret_hash
from tests.support.people import a_user, an_actor, give_role

PASSWORD = "aq baqta jatyr kok bori"
DISTRICT = 113220100


def an_administrator(session: Session) -> Actor:
    actor = an_actor(session, role=Role.ADMINISTRATOR)
    session.execute(update(User).where(User.id == actor.id).values(password_hash="taken up"))
    return actor


def district_id(session: Session) -> int:
    return SCOPES["district"].options(session)[0].id


def give(session: Session, actor: Actor, user_id: int, role: Role = Role.MINISTRY) -> RoleGrant:
    return grant_role(
        session, user_id=user_id, role=role, scope_kind=ScopeKind.COUNTRY, scope_id=0, actor=actor, at=now()
    )


def counts(session: Session, user_id: int) -> set[str]:
    actor = find_actor(session, rights=RIGHTS, user_id=user_id)
    return {grant.role for grant in actor.grants} if actor else set()


def test_the_first_administrator_enters_by_a_link_that_is_then_dead(session: Session) -> None:
    token = create_first_link(session, at=now())
    first = accept_first_link(
        session, token=token, login="Бірінші", name="Дана", language="kk", password=PASSWORD, at=now()
    )
    assert counts(session, first.id) == {Role.ADMINISTRATOR}
    with pytest.raises(LinkDead):
        accept_first_link(session, token=token, login="x.y", name="X", language="kk", password=PASSWORD, at=now())
    with pytest.raises(AdministratorExists):
        create_first_link(session, at=now())
    assert ensure_first_link(session, at=now()) is None


def test_a_first_link_made_before_somebody_else_became_administrator_is_dead(session: Session) -> None:
    token = create_first_link(session, at=now())
    an_administrator(session)
    with pytest.raises(LinkDead):
        accept_first_link(session, token=token, login="late", name="L", language="kk", password=PASSWORD, at=now())


def test_a_new_first_link_kills_the_one_before(session: Session) -> None:
    before = create_first_link(session, at=now())
    create_first_link(session, at=now())
    with pytest.raises(LinkDead):
        get_link(session, before, at=now())


def test_sec_19_a_link_lives_a_day_works_once_and_only_its_hash_is_kept(session: Session) -> None:
    actor, at = an_administrator(session), now()
    user, token = create_user(session, login="dana", name="Дана", language="kk", actor=actor, at=at)
    assert session.scalars(select(SignInLink.token_hash)).all() == [secret_hash(token)]
    with pytest.raises(LinkDead):
        accept_link(session, token=token, password=PASSWORD, at=at + timedelta(hours=24))
    accept_link(session, token=token, password=PASSWORD, at=at + timedelta(hours=23))
    assert user.password_hash is not None
    assert PASSWORD not in user.password_hash
    with pytest.raises(LinkDead):
        accept_link(session, token=token, password=PASSWORD, at=at)


def test_a_login_is_taken_once_in_whatever_letters(session: Session) -> None:
    actor = an_administrator(session)
    create_user(session, login="Әсел", name="Әсел", language="kk", actor=actor, at=now())
    with pytest.raises(LoginTaken):
        create_user(session, login="АСЕЛ", name="Асел", language="kk", actor=actor, at=now())


@pytest.mark.parametrize("login", ["", "ab", ".dana", "da na", "dana\u202e", "x" * 81, "<b>x</b>", "=1+1"])
def test_a_login_is_plain(session: Session, login: str) -> None:
    actor = an_administrator(session)
    if login == "dana\u202e":
        user, _ = create_user(session, login=login, name="D", language="kk", actor=actor, at=now())
        assert user.login == "dana"
        return
    with pytest.raises(WrongUserEntry):
        create_user(session, login=login, name="D", language="kk", actor=actor, at=now())


def test_sec_25_a_role_waits_for_a_second_administrator(session: Session) -> None:
    giver, approver, user = an_administrator(session), an_administrator(session), a_user(session)
    grant = give(session, giver, user.id)
    assert counts(session, user.id) == set()
    with pytest.raises(SecondPersonNeeded):
        approve_grant(session, grant_id=grant.id, actor=giver, at=now())
    assert counts(session, user.id) == set()
    approve_grant(session, grant_id=grant.id, actor=approver, at=now())
    assert counts(session, user.id) == {Role.MINISTRY}


def test_sec_25_one_administrator_is_enough_while_there_is_one(session: Session) -> None:
    only, second = an_administrator(session), a_user(session)
    give(session, only, second.id, Role.ADMINISTRATOR)
    assert counts(session, second.id) == {Role.ADMINISTRATOR}
    third = a_user(session)
    assert give(session, only, third.id).approved_at is not None, "an invitation not taken up is no second person"
    session.execute(update(User).where(User.id == second.id).values(password_hash="taken up"))
    assert give(session, only, a_user(session).id).approved_at is None


def test_sec_25_nobody_gives_or_approves_a_role_for_themself(session: Session) -> None:
    one, other = an_administrator(session), an_administrator(session)
    with pytest.raises(SecondPersonNeeded):
        give(session, one, one.id)
    grant = give(session, one, other.id)
    with pytest.raises(SecondPersonNeeded):
        approve_grant(session, grant_id=grant.id, actor=other, at=now())


def test_a_role_is_given_once_and_again_after_it_was_withdrawn(session: Session) -> None:
    actor, user = an_administrator(session), a_user(session)
    grant = give(session, actor, user.id)
    with pytest.raises(GrantExists):
        give(session, actor, user.id)
    withdraw_grant(session, grant_id=grant.id, actor=actor, at=now())
    assert counts(session, user.id) == set()
    give(session, actor, user.id)


@pytest.mark.parametrize(
    ("role", "kind", "scope_id"),
    [
        (Role.MINISTRY, ScopeKind.DISTRICT, DISTRICT),
        (Role.SUPPLIER, ScopeKind.COUNTRY, 0),
        (Role.DISTRICT, ScopeKind.DISTRICT, 0),
        ("emperor", ScopeKind.COUNTRY, 0),
    ],
)
def test_a_role_is_given_only_with_the_scopes_it_has(
    session: Session, role: str, kind: ScopeKind, scope_id: int
) -> None:
    actor, user = an_administrator(session), a_user(session)
    with pytest.raises(ScopeUnknown):
        grant_role(session, user_id=user.id, role=role, scope_kind=kind, scope_id=scope_id, actor=actor, at=now())


def test_a_scope_is_found_by_its_code_and_only_where_it_exists(session: Session) -> None:
    first = SCOPES["region"].options(session)[0]
    assert get_scope(session, SCOPES, kind="region", code=f" {first.code.lower()} ") == first.id
    assert get_scope(session, SCOPES, kind="country", code="") == 0
    for kind, code in (("region", "KZ-XX"), ("district", "000000000"), ("place", "'"), ("planet", "1")):
        with pytest.raises(ScopeUnknown):
            get_scope(session, SCOPES, kind=kind, code=code)


def test_the_last_administrator_stays(session: Session) -> None:
    only = an_administrator(session)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == only.id)).one()
    with pytest.raises(LastAdministrator):
        disable_user(session, user_id=only.id, actor=only, at=now())
    with pytest.raises(LastAdministrator):
        withdraw_grant(session, grant_id=grant.id, actor=only, at=now())
    other = an_administrator(session)
    disable_user(session, user_id=only.id, actor=other, at=now())
    with pytest.raises(LastAdministrator):
        disable_user(session, user_id=other.id, actor=other, at=now())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_keep_accounts(session: Session, role: Role) -> None:
    actor, user = an_actor(session, role=role), a_user(session)
    with pytest.raises(UserUnknown):
        create_user(session, login="dana", name="D", language="kk", actor=actor, at=now())
    with pytest.raises(UserUnknown):
        give(session, actor, user.id)
    with pytest.raises(UserUnknown):
        disable_user(session, user_id=user.id, actor=actor, at=now())
    with pytest.raises(UserUnknown):
        reset_user(session, user_id=user.id, actor=actor, at=now())


def test_a_reset_ends_the_password_and_every_earlier_link(session: Session) -> None:
    actor, user = an_administrator(session), a_user(session)
    user.password_hash = "old"
    first = reset_user(session, user_id=user.id, actor=actor, at=now())
    second = reset_user(session, user_id=user.id, actor=actor, at=now())
    session.refresh(user)
    assert not user.password_hash
    with pytest.raises(LinkDead):
        accept_link(session, token=first, password=PASSWORD, at=now())
    accept_link(session, token=second, password=PASSWORD, at=now())


def test_a_closed_account_opens_no_link(session: Session) -> None:
    actor, user = an_administrator(session), a_user(session)
    token = reset_user(session, user_id=user.id, actor=actor, at=now())
    disable_user(session, user_id=user.id, actor=actor, at=now())
    with pytest.raises(LinkDead):
        accept_link(session, token=token, password=PASSWORD, at=now())


def test_sec_14_a_link_does_not_take_a_password_that_others_would_guess(session: Session) -> None:
    actor = an_administrator(session)
    _, token = create_user(session, login="serikbay.a", name="Асель Серікбай", language="kk", actor=actor, at=now())
    district = SCOPES["district"].options(session)[0].name_ru.split()[0]
    for guessed in ("password2026", "Toptama2026!", "serikbay.a1", "Серікбай2026", f"{district}12345"):
        with pytest.raises(PasswordRefused):
            accept_link(session, token=token, password=guessed, at=now())
    accept_link(session, token=token, password=PASSWORD, at=now())


def test_sec_27_a_withdrawn_role_ends_with_the_next_request(session: Session) -> None:
    actor, user = an_administrator(session), a_user(session)
    grant = give_role(session, user.id, Role.AUDITOR)
    assert counts(session, user.id) == {Role.AUDITOR}
    withdraw_grant(session, grant_id=grant.id, actor=actor, at=now())
    assert counts(session, user.id) == set()
