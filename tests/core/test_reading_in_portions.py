"""Rows that are read in portions outside of a unit of work, as exports do, on both engines as they are run."""

from sqlalchemy import select

from core.database import Database
from territory.models import District


def test_rows_are_read_in_portions_and_the_connection_is_as_before(fresh_database: Database) -> None:
    portions = select(District.kato).order_by(District.id).execution_options(yield_per=10)
    for _ in range(3):
        with fresh_database.reading() as session:
            first, second = session.scalars(portions), session.scalars(portions)
            assert next(first) == next(second)
            assert len(list(first)) == len(list(second)) > 50
    with fresh_database.writing() as session:
        session.get_one(District, 113200000).name_en = "Akkol anew"
    with fresh_database.reading() as session:
        assert session.scalar(select(District.name_en).where(District.id == 113200000)) == "Akkol anew"
