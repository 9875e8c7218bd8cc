"""What a program is told that asked for long work: where to ask how far it is."""

from uuid import UUID

from flask import Response, url_for
from sqlalchemy.orm import Session

from core.web.api.bodies import Told
from core.web.api.once import keep_answer


class WorkTold(Told):
    """Long work that was asked for; its address tells how far it is and what came of it."""

    job: UUID
    address: str


def answer_work(session: Session, job_id: UUID) -> Response:
    """Return that the work was taken on (202), kept for whoever asks for the same again."""
    address = url_for("api.show_job", key=job_id)
    answer = Response(WorkTold(job=job_id, address=address).model_dump_json(), 202, mimetype="application/json")
    answer.headers["Location"] = address
    return keep_answer(session, answer)
