"""Publishing and notices as long work."""

import logging
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from core.clock import now
from core.i18n import text
from core.jobs.working import JobRun
from core.quarters import Quarter
from core.stored_files import store_file
from distribution.jobs.acting import actor_of
from distribution.queries.quarters import get_roster
from distribution.services.notices import write_notices
from distribution.services.publications import hashed_files, keep_files, publish, snapshot_of

_log = logging.getLogger(__name__)


def publish_job(run: JobRun) -> Mapping[str, object]:
    """Write and hash the files while nobody waits, then publish in a short act; after a kill it begins anew.

    Files that cannot be kept here are written by whoever asks for them first.
    """
    quarter, number = Quarter.parse(str(run.arguments["quarter"])), int(str(run.arguments["roster"]))
    folder = Path(str(run.arguments["folder"]))
    run.tell(text("Writing the files"))
    with TemporaryDirectory(prefix="publication-", dir=_parent(folder)) as name:
        with run.database.reading() as session:
            snapshot = snapshot_of(session, get_roster(session, quarter, number))
            written = hashed_files(session, snapshot, Path(name))
        run.tell(text("Publishing"))
        with run.database.writing() as session:
            roster = get_roster(session, quarter, number)
            publication = publish(session, roster=roster, actor=actor_of(session, run), at=now(), written=written)
        try:
            keep_files(Path(name), written, folder)
        except OSError:
            _log.warning("published files could not be kept", exc_info=True)
    link = {"quarter": str(quarter), "roster": number}
    return {"link": link, "publication": publication.number}


def _parent(folder: Path) -> Path | None:
    """Return a folder of the same disk, so that files move in no time; None where there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def notices_job(run: JobRun) -> Mapping[str, object]:
    """Write the notices of a district's families as one PDF and keep it sealed; after a kill it begins anew."""
    quarter, number = Quarter.parse(str(run.arguments["quarter"])), int(str(run.arguments["roster"]))
    kato, address = str(run.arguments["kato"]), str(run.arguments["address"])
    run.tell(text("Writing the notices"))
    with TemporaryDirectory(prefix="notices-") as name:
        path = Path(name) / "notices.pdf"
        with run.database.reading() as session, path.open("wb") as file:
            roster, actor = get_roster(session, quarter, number), actor_of(session, run)
            families = write_notices(session, file, roster=roster, kato=kato, address=address, actor=actor)
        run.tell(text("Keeping the file"))
        with run.database.writing() as session:
            stored = store_file(
                session,
                path,
                name=f"notices-{quarter}-{number}-{kato}.pdf",
                keys=run.keys,
                actor_id=run.actor_id,
                at=now(),
            )
    link = {"quarter": str(quarter), "number": number, "kato": kato}
    return {"link": link, "file": str(stored.id), "families": families}
