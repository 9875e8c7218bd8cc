"""Publishing: what the public may compute again by itself, and the hashes of the files it computes from (§6.6)."""

import fcntl
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.audit import record
from core.dialects import in_little_memory
from core.i18n import text
from core.jobs.queue import ask_job, find_live_job
from distribution.errors import StepTooEarly
from distribution.errors.publications import NothingPublished, PublicationBroken
from distribution.models import Cycle, Publication, Roster
from distribution.permissions import DistributionRight
from distribution.queries.eligibility import list_kinds_of
from distribution.queries.publications import (
    Snapshot,
    count_by_age,
    count_by_status,
    count_needed_by_district,
    find_last_publication,
    last_change_id,
    list_needs,
    stream_file,
)
from distribution.rules.public_tables import AGES_HEADER, COUNTS_HEADER, SEXES, write_table
from distribution.rules.rationing import quotas
from distribution.rules.suppression import hidden_cells
from distribution.services.quarters import require_country
from distribution.values import AllotmentStatus
from distribution.values.publications import PublicationStage

_MONTHS = 12

PUBLISH = "publish"
"""The kind of long work."""


def snapshot_of(session: Session, roster: Roster) -> Snapshot:
    """Return what could be published of a roster now.

    Raises:
        StepTooEarly: the roster is neither announced nor approved.
    """
    if roster.is_approved:
        return Snapshot(roster, PublicationStage.DRAW, last_change_id(session, roster))
    if roster.root_published_at is None:
        raise StepTooEarly(
            text(
                "Roster %(number)s of %(quarter)s is not announced yet. Announce it: supply and the event of the draw "
                "are published together with the root.",
                number=roster.number,
                quarter=roster.quarter,
            )
        )
    return Snapshot(roster, PublicationStage.ROOT, 0)


def publish(
    session: Session, *, roster: Roster, actor: Actor, at: datetime, written: Mapping[str, object] | None = None
) -> Publication:
    """Publish what stands of a roster: its root once it is announced, the draw once it is approved.

    Nothing new gives the last publication again. `written` are the hashes of files that were written just before, so
    that nobody waits while they are made; they count only if nothing has changed since. Whoever lets a child of the
    quarter drop out waits for the end of this act.

    Raises:
        NotYourStep: the actor may not publish for the whole country.
        StepTooEarly: the roster is not announced.
    """
    require_country(actor, DistributionRight.PUBLISH)
    session.execute(select(Cycle.quarter).where(Cycle.quarter == roster.quarter).with_for_update())
    session.refresh(roster)
    snapshot, last = snapshot_of(session, roster), find_last_publication(session, roster)
    if last is not None and last.stage == snapshot.stage and last.last_change_id == snapshot.last_change_id:
        return last
    files = dict(written) if written is not None and is_still(snapshot, written) else hashed_files(session, snapshot)
    files.pop(_KNOWN, None)
    if last is not None and files == last.files:
        return last
    with in_little_memory(session):
        counts = _counts(session, snapshot)
        ages = _ages(session, roster) if last is None else last.ages
    publication = Publication(
        roster_id=roster.id,
        number=1 if last is None else last.number + 1,
        stage=snapshot.stage.value,
        files=files,
        last_change_id=snapshot.last_change_id,
        counts=counts,
        ages=ages,
        at=at,
        actor_id=actor.id,
    )
    session.add(publication)
    session.flush()
    record(
        session,
        actor_id=actor.id,
        action="publish",
        subject="roster",
        subject_id=f"{roster.quarter}/{roster.number}",
        at=at,
        detail={"number": publication.number, "stage": publication.stage, "files": files},
    )
    return publication


_KNOWN = "of"


def ask_to_publish(session: Session, *, roster: Roster, folder: Path, actor: Actor, at: datetime) -> UUID:
    """Ask for a publication as long work; its files are put into `folder`. What is asked already is not asked twice.

    Raises:
        NotYourStep: the actor may not publish for the whole country.
        StepTooEarly: the roster is not announced.
    """
    require_country(actor, DistributionRight.PUBLISH)
    snapshot_of(session, roster)
    arguments = {"quarter": str(roster.quarter), "roster": roster.number, "folder": str(folder)}
    subject = f"{roster.quarter}/{roster.number}"
    live = find_live_job(session, kind=PUBLISH, subject=subject)
    if live is not None:
        return live.id
    return ask_job(session, kind=PUBLISH, subject=subject, arguments=arguments, actor_id=actor.id, at=at)


def is_still(snapshot: Snapshot, written: Mapping[str, object]) -> bool:
    """Say whether files that were written before are those of a snapshot."""
    return written.get(_KNOWN) == [snapshot.stage.value, snapshot.last_change_id]


def hashed_files(session: Session, snapshot: Snapshot, folder: Path | None = None) -> dict[str, object]:
    """Return SHA-256 and size of each file of a snapshot; with a folder, write them there on the way."""
    found: dict[str, object] = {_KNOWN: [snapshot.stage.value, snapshot.last_change_id]}
    with in_little_memory(session):
        for name in snapshot.stage.files:
            digest, size = hashlib.sha256(), 0
            blocks = stream_file(session, snapshot, name)
            for block in blocks if folder is None else _kept(folder / name, blocks):
                digest.update(block)
                size += len(block)
            found[name] = {"sha256": digest.hexdigest(), "size": size}
    return found


def kept_file(session: Session, publication: Publication, name: str, folder: Path) -> Path:
    """Return a file of a publication in a folder of files by their hashes; written there once, by whoever comes first.

    Raises:
        NothingPublished: the publication has no such file.
        PublicationBroken: it does not come out as it was published.
    """
    told = publication.files.get(name)
    if not isinstance(told, dict):
        raise NothingPublished(text("There is no such file in this publication."))
    path = folder / f"{told['sha256']}-{name}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{name}.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not path.exists():
                write_file(session, publication, name, path)
    return path


def keep_files(written: Path, files: Mapping[str, object], folder: Path) -> None:
    """Move files that were hashed on the way into the folder of files by their hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, told in files.items():
        if isinstance(told, dict):
            (written / name).replace(folder / f"{told['sha256']}-{name}")


def write_file(session: Session, publication: Publication, name: str, target: Path) -> None:
    """Write a file of a publication as it was published; `target` appears when it is whole.

    Raises:
        PublicationBroken: it does not come out as it was published.
    """
    roster = session.get_one(Roster, publication.roster_id)
    snapshot = Snapshot(roster, PublicationStage(publication.stage), publication.last_change_id)
    digest = hashlib.sha256()
    part = target.with_name(f"{target.name}.part")
    with in_little_memory(session):
        for block in _kept(part, stream_file(session, snapshot, name)):
            digest.update(block)
    told = publication.files.get(name)
    if not isinstance(told, dict) or told.get("sha256") != digest.hexdigest():
        part.unlink()
        raise PublicationBroken(
            text("%(name)s does not come out as it was published. The records of the quarter were changed.", name=name)
        )
    part.replace(target)


def _kept(path: Path, blocks: Iterable[bytes]) -> Iterable[bytes]:
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
            yield block


def _counts(session: Session, snapshot: Snapshot) -> str:
    """Return the numbers by district and kit, which are public by design, as CSV."""
    needed = count_needed_by_district(session, snapshot.roster)
    drawn = snapshot.stage is PublicationStage.DRAW
    told = count_by_status(session, snapshot) if drawn else {}
    given: dict[tuple[str, str], int] = {}
    for kit, _, supply in list_needs(session, snapshot.roster):
        need = {kato: count for (kato, code), count in needed.items() if code == kit}
        given |= {(kato, kit): quota for kato, quota in quotas(supply or 0, need).items()}
    rows = [
        (
            kato,
            kit,
            count,
            given.get((kato, kit), 0),
            *(_told(told, kato, kit, word) if drawn else "" for word in _WORDS),
        )
        for (kato, kit), count in sorted(needed.items())
    ]
    return write_table(COUNTS_HEADER, rows)


_WORDS = (AllotmentStatus.GRANTED, AllotmentStatus.WAITING, AllotmentStatus.DROPPED)


def _told(told: Mapping[tuple[str, str], Mapping[str, int]], kato: str, kit: str, word: str) -> int:
    return told.get((kato, kit), {}).get(word, 0)


def _ages(session: Session, roster: Roster) -> str:
    """Return children by district, kits, age and sex as CSV; small cells are hidden, their sum is told."""
    kinds = list_kinds_of(session, roster)
    blocks: dict[tuple[str, str], dict[tuple[int, str], int]] = {}
    for (kato, mask, age, sex), count in sorted(count_by_age(session, roster, kinds).items()):
        of = [kind for place, kind in enumerate(kinds) if mask >> place & 1]
        named = "+".join(sorted(kind.code for kind in of))
        block = blocks.setdefault((kato, named), dict.fromkeys(_cells(of), 0))
        block[age, sex] = block.get((age, sex), 0) + count
    rows: list[tuple[object, ...]] = []
    for (kato, named), block in sorted(blocks.items()):
        hidden = hidden_cells(block)
        rows += [(kato, named, age, sex, "" if (age, sex) in hidden else block[age, sex]) for age, sex in sorted(block)]
        if hidden:
            rows.append((kato, named, "", "", sum(block[cell] for cell in hidden)))
    return write_table(AGES_HEADER, rows)


def _cells(kinds: Sequence[KitKind]) -> list[tuple[int, str]]:
    """Return the ages in years and the sexes of children who may get all of these kits."""
    first = max(kind.age_from_months for kind in kinds) // _MONTHS
    last = (min(kind.age_to_months for kind in kinds) - 1) // _MONTHS
    only = {kind.for_sex for kind in kinds} - {"any"}
    return [(age, sex) for age in range(first, last + 1) for sex in SEXES if not only or sex in only]
