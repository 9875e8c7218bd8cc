"""Files that were damaged at random: each is taken or refused in a sentence, in time, and never breaks the page."""

import io
import random
import resource
import time

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from accounts.values import Role
from core.database import Database
from core.jobs.models import Job, JobState
from core.tabular import write_xlsx
from distribution.rules.registry_columns import COLUMNS
from tests.conftest import SignIn
from tests.support.client import hidden_fields
from tests.support.damaged_files import MUTATIONS
from tests.support.jobs import do_the_jobs
from tests.support.registry_files import a_row, registry_bytes

ROWS = [a_row(number) for number in range(1, 30)]
LONGEST = 10.0
CHILD_MEMORY_KIB = 300 * 1024


def an_xlsx() -> bytes:
    file = io.BytesIO()
    write_xlsx(file, COLUMNS, [[row[column] for column in COLUMNS] for row in ROWS])
    return file.getvalue()


SOURCES = [
    registry_bytes(ROWS, language="kk"),
    registry_bytes(ROWS, language="ru", encoding="utf-16"),
    registry_bytes(ROWS, language="ru", encoding="cp1251", delimiter=","),
    an_xlsx(),
    an_xlsx(),
]


def bring_in_damaged(sign_in: SignIn, count: int, seed: int) -> None:
    rng = random.Random(seed)
    client = sign_in(Role.MINISTRY)
    path = "/distribution/registry/import"
    token = hidden_fields(client.get(path).get_data(as_text=True))["csrf_token"]
    for number in range(count):
        content = rng.choice(MUTATIONS)(rng, rng.choice(SOURCES))
        fields: dict[str, object] = {"csrf_token": token, "file": FileStorage(io.BytesIO(content), "registry.csv")}
        boundary, body = encode_multipart(MultiDict(fields))
        began = time.monotonic()
        answer = client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        assert answer.status_code in {303, 422}, f"seed {seed}, file {number}: {answer.status_code}"
        do_the_jobs(client.application)
        assert time.monotonic() - began < LONGEST, f"seed {seed}, file {number}"
    database: Database = client.application.extensions["database"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Job.state == JobState.BROKEN)) == 0, f"seed {seed}"
    if count >= 1000:  # a child begins as a copy of us, so what we ourselves once held counts as its memory, too
        ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < max(CHILD_MEMORY_KIB, ours + 1)


def test_rel_26_ux_62_damaged_files_never_break_the_page(sign_in: SignIn) -> None:
    bring_in_damaged(sign_in, 40, seed=1)


@pytest.mark.soak
def test_rel_26_ux_62_thousands_of_damaged_files_never_break_the_page(sign_in: SignIn) -> None:
    bring_in_damaged(sign_in, 2500, seed=2)
