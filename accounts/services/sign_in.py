"""Signing in and out, as the audit trail keeps it. Checking a password takes no unit of work: it is slow on purpose."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.models import User
from accounts.services.passwords import is_password, renewed_hash
from accounts.values import Credential
from core.audit import record


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may enter; `new_hash` replaces a hash made with older parameters."""

    user_id: int | None
    new_hash: str | None = None


def check_password(credential: Credential, password: str) -> Verdict:
    """Say who enters with this password; the work is the same for unknown, closed and wrong."""
    right = is_password(credential.password_hash, password)
    if not right or not credential.is_active or credential.password_hash is None:
        return Verdict(None)
    return Verdict(credential.user_id, renewed_hash(credential.password_hash, password))


def record_sign_in(session: Session, verdict: Verdict, *, at: datetime, address: str) -> None:
    """Note that somebody entered."""
    values: dict[str, object] = {"last_sign_in_at": at}
    if verdict.new_hash is not None:
        values["password_hash"] = verdict.new_hash
    session.execute(update(User).where(User.id == verdict.user_id).values(values))
    _note(session, "accounts.sign_in", verdict.user_id, verdict.user_id, at=at, address=address)


def record_refusal(session: Session, credential: Credential, *, at: datetime, address: str) -> None:
    """Note that somebody was refused. What was typed is not kept: people type passwords into the wrong field."""
    _note(session, "accounts.sign_in_refused", None, credential.user_id, at=at, address=address)


def record_sign_out(session: Session, user_id: int, *, at: datetime, address: str) -> None:
    """Note that somebody left."""
    _note(session, "accounts.sign_out", user_id, user_id, at=at, address=address)


def _note(session: Session, action: str, actor: int | None, subject: int | None, *, at: datetime, address: str) -> None:
    record(
        session,
        actor_id=actor,
        action=action,
        subject="user",
        subject_id=str(subject or ""),
        at=at,
        detail={"address": address},
    )
