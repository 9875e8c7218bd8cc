"""Confirmation of an import by another person: it takes effect as a whole, or not at all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.actors import Actor, Reach
from core.dialects import in_little_memory
from core.i18n import text
from core.jobs.queue import ask_job
from distribution.errors import BatchClosed, FamiliesChangedSince, NotYourFamilies, SecondPersonNeeded
from distribution.models import Family, RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.registry import get_batch
from distribution.queries.registry_changes import Changes, count_changes, count_outside
from distribution.services.registry_acts import forget_rows, forget_top, reach_of, take_step, trace
from distribution.services.registry_merging import Merge, merge_batch
from distribution.services.registry_undoing import take_back
from distribution.values import BatchStatus
from territory.queries import district_condition

CONFIRM = "confirm_registry"
"""The kind of work that lets an import take effect."""


def ask_confirmation(session: Session, *, batch_id: int, actor: Actor, at: datetime) -> UUID:
    """Ask for an import to take effect; return the id of the work. What it needs is checked now and again then.

    Raises:
        SecondPersonNeeded, BatchClosed, BatchUnknown, NotYourStep: as `confirm_batch`. JobAlreadyAsked: it is at work.
    """
    batch, _reach = _confirmable(session, batch_id, actor)
    return ask_job(
        session, kind=CONFIRM, subject=str(batch.id), arguments={"batch_id": batch.id}, actor_id=actor.id, at=at
    )


def confirm_batch(
    session: Session, *, batch_id: int, actor: Actor, at: datetime, as_seen: bool = False
) -> RegistryBatch:
    """Let a staged batch become families, cases and children; who staged it may not. Missing children are flagged.

    `as_seen` refuses when it would do something else now than its page says. A batch that undoes another one takes
    that one back.

    Raises:
        SecondPersonNeeded: the actor staged it. BatchClosed: it was confirmed or discarded before.
        NotYourFamilies: it would change families out of reach. FamiliesChangedSince: families were changed since.
        ImportInUse: something stands on what is to be undone. BatchUnknown, NotYourStep.
    """
    batch, reach = _confirmable(session, batch_id, actor)
    take_step(
        session,
        batch,
        BatchStatus.STAGED,
        status=BatchStatus.CONFIRMED,
        confirmed_by_id=actor.id,
        confirmed_at=at,
    )
    merge = Merge(batch.id, actor.id, at)
    if batch.undoes_id is not None:
        take_back(session, batch, merge)
        trace(session, batch, "registry.undone", actor=actor, at=at, undoes=batch.undoes_id)
        return batch
    _refuse_outside(session, batch, reach)
    changes = count_changes(session, batch.id)
    seen = Changes(batch.new_children, batch.changed_children, batch.same_children, batch.missing_children)
    if as_seen and changes != seen:
        raise FamiliesChangedSince(
            text(
                "Families were changed after this file was checked. Compare it again and look at what it would do now."
            )
        )
    _let_in(session, batch, changes, merge)
    trace(
        session,
        batch,
        "registry.confirmed",
        actor=actor,
        at=at,
        new=changes.new,
        changed=changes.changed,
        missing=changes.missing,
    )
    return batch


def _let_in(session: Session, batch: RegistryBatch, changes: Changes, merge: Merge) -> None:
    """Let the rows become families, forget them, and keep what they changed as counts; whom it misses stays known."""
    with in_little_memory(session):
        merge_batch(session, merge)
        forget_rows(session, batch.id, with_gone=False)
    forget_top(batch)
    batch.new_children, batch.changed_children = changes.new, changes.changed
    batch.same_children, batch.missing_children = changes.same, changes.missing
    session.flush()


def _confirmable(session: Session, batch_id: int, actor: Actor) -> tuple[RegistryBatch, Reach]:
    reach = reach_of(actor, DistributionRight.CONFIRM_REGISTRY)
    batch = get_batch(session, batch_id, reach=reach, actor_id=actor.id)
    session.refresh(batch)
    if batch.staged_by_id == actor.id:
        raise SecondPersonNeeded(
            text("You brought this file in yourself. Ask another person to look at it and confirm it.")
        )
    if batch.status != BatchStatus.STAGED:
        raise BatchClosed(
            text("This import was already confirmed or discarded. Open it again and look at how it stands.")
        )
    return batch, reach


def _refuse_outside(session: Session, batch: RegistryBatch, reach: Reach) -> None:
    if reach.everywhere:
        return
    outside = count_outside(session, batch.id, district_condition(reach, Family.district_id))
    if outside:
        raise NotYourFamilies(
            text(
                "Rows of this file concern families of districts that are not yours: %(n)s. "
                "Ask somebody whose territory covers both to confirm it.",
                n=outside,
            )
        )
