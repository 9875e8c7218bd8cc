"""The worker of a test: does what pages and programs asked for, in this process, and tells how it ended."""

from flask import Flask

from app.jobs import job_functions
from app.roles import RIGHTS
from core.crypto import FieldKeys
from core.database import Database
from core.jobs.working import work_on


def do_the_jobs(app: Flask) -> None:
    """Do everything that waits."""
    database: Database = app.extensions["database"]
    keys: FieldKeys = app.extensions["field_keys"]
    work_on(database, keys, job_functions(), rights=RIGHTS, until_done=True)
