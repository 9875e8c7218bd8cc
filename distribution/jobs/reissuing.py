"""New vouchers in place of those of a withdrawn key, as long work."""

from collections.abc import Mapping
from typing import cast

from core.clock import now
from core.i18n import text
from core.jobs.working import JobRun
from distribution.jobs.acting import actor_of
from distribution.queries.signing_keys import get_signing_key
from distribution.queries.withdrawn_keys import count_held
from distribution.services.reissuing import reissue_some


def reissue_job(run: JobRun) -> Mapping[str, object]:
    """Replace the vouchers part by part; taken up again after a kill it goes on with those that are left."""
    key_id = cast("int", run.arguments["key"])
    with run.database.reading() as session:
        total = count_held(session, [get_signing_key(session, key_id)], at=now()).get(key_id, 0)
    done, some = 0, 1
    while some:
        run.tell(text("Issuing new vouchers"), done, total, may_stop=True)
        with run.database.writing() as session:
            key, actor = get_signing_key(session, key_id), actor_of(session, run)
            some = reissue_some(session, key, actor=actor, at=now(), keys=run.keys)
        done += some
    return {"link": {"key_id": key_id}, "vouchers": done}
