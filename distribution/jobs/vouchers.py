"""Print runs of vouchers as long work: one file for each point, kept as soon as it is whole."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from core.i18n import text
from core.jobs.working import JobRun
from core.quarters import Quarter
from distribution.jobs.acting import actor_of
from distribution.permissions import DistributionRight
from distribution.queries.voucher_prints import PrintChoice, PrintRun, list_print_runs, list_prints_of_job
from distribution.services.voucher_prints import keep_print, write_runs
from distribution.values.vouchers import PaperLook, PrintLayout


def print_job(run: JobRun) -> Mapping[str, object]:
    """Write the papers point by point; taken up again after a kill it writes only the points that are missing.

    What it prints is fixed by the moment at which it was asked for, so the files are the same as of an unbroken run.
    """
    choice = _choice(run)
    look = PaperLook(PrintLayout(str(run.arguments["layout"])), str(run.arguments["address"]))
    with run.database.reading() as session:
        reach = actor_of(session, run).reach(DistributionRight.PRINT_VOUCHERS)
        points = list_print_runs(session, choice, reach)
        there = {(one.district.id, one.row.point_id) for one in list_prints_of_job(session, run.id, reach)}
    written, total = 0, sum(point.count for point in points)
    for point in points:
        run.tell(text("Printing for %(point)s", point=point.point.name_kk), written, total)
        if (point.district.id, point.point.id) not in there:
            _print_point(run, choice, point, look)
        written += point.count
    return {"link": {"job_id": str(run.id)}, "vouchers": written, "points": len(points)}


def _print_point(run: JobRun, choice: PrintChoice, point: PrintRun, look: PaperLook) -> None:
    with TemporaryDirectory(prefix="vouchers-") as name:
        path = Path(name) / "vouchers.pdf"
        with run.database.reading() as session, path.open("wb") as file:
            count = write_runs(session, file, [point], choice, look=look)
        with run.database.writing() as session:
            actor = actor_of(session, run)
            keep_print(session, path, point, choice, layout=look.layout, count=count, actor=actor, keys=run.keys)


def _choice(run: JobRun) -> PrintChoice:
    asked = run.arguments
    return PrintChoice(
        Quarter.parse(str(asked["quarter"])),
        datetime.fromisoformat(str(asked["as_of"])),
        cast("int | None", asked["district"]),
        cast("int | None", asked["point"]),
        only_new=bool(asked["only_new"]),
        job_id=run.id,
    )
