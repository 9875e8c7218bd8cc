"""Any journal against a reckoning with a dictionary, row by row: every day, both ways, both engines."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy.orm import Session

from accounts.values import Role
from tests.support.goods import a_place
from tests.support.journals import DAY, as_of, enter, written
from tests.support.people import an_actor
from warehouses.queries import list_wrong_balances
from warehouses.services.journals import JournalRefused

days = st.integers(0, 4)
entries = st.lists(
    st.tuples(
        days,
        days,
        st.integers(0, 1),
        st.sampled_from(["A", "B", ""]),
        st.sampled_from(["in", "in", "out", "count"]),
        st.integers(0, 6),
        st.sampled_from(["", "", "other"]),
    ),
    min_size=1,
    max_size=18,
)


@given(drawn=entries, unexplained=st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_journal_leaves_every_day_as_a_simple_reckoning_says(
    *, session: Session, tmp_path: Path, drawn: list[tuple[int, int, int, str, str, int, str]], unexplained: bool
) -> None:
    with session.begin_nested() as whole:
        places = [a_place(session), a_place(session)]
        actor = an_actor(session, role=Role.MINISTRY)
        rows = [
            (DAY + timedelta(days=when), DAY + timedelta(days=told), place, lot, kind, packs or kind != "count", other)
            for when, told, place, lot, kind, packs, other in drawn
        ]
        table = [
            (when, told, places[place].code, "F13", lot, kind, int(packs), "", places[1 - place].code if other else "")
            for when, told, place, lot, kind, packs, other in rows
        ]
        reckoned = Reckoning([(*row[:5], int(row[5]), bool(row[6])) for row in rows], unexplained=unexplained)
        file = written(tmp_path / "j.csv", table)
        if reckoned.refused:
            with pytest.raises(JournalRefused) as refusal:
                enter(session, file, actor, unexplained=unexplained)
            assert [row for row, _ in refusal.value.row_faults] == sorted(reckoned.refused)
        else:
            entered = enter(session, file, actor, unexplained=unexplained)
            assert entered.unexplained_packs == reckoned.unexplained
            assert list_wrong_balances(session) == []
            for ago in range(6):
                day = DAY + timedelta(days=ago)
                for number, place in enumerate(places):
                    found = {lot: packs for (_, lot), packs in as_of(session, day, place).items()}
                    assert {lot: n for lot, n in found.items() if n} == reckoned.of(number, day)
        whole.rollback()
    session.expunge_all()


class Reckoning:
    """A journal reckoned with a dictionary, row by row."""

    def __init__(self, rows: Sequence[tuple[date, date, int, str, str, int, bool]], *, unexplained: bool) -> None:
        self.refused: list[int] = []
        self.unexplained = 0
        self.days: dict[date, dict[tuple[int, str], int]] = {}
        self.stock: dict[tuple[int, str], int] = {}
        ranks = {("in", False): 0, ("in", True): 1, ("out", True): 2, ("out", False): 3}
        numbered = sorted(
            enumerate(rows, start=2), key=lambda one: (*one[1][:2], ranks.get((one[1][4], one[1][6]), 4), one[0])
        )
        for when in sorted({row[0] for row in rows}):
            of_day = [one for one in numbered if one[1][0] == when]
            self._twice = self._mirrored([row for _, row in of_day])
            self._left = {"in": dict(self._twice), "out": dict(self._twice)}
            for number, row in of_day:
                self._enter(number, row, may_lack=unexplained)
            self.days[when] = dict(self.stock)

    def of(self, place: int, day: date) -> dict[str, int]:
        known = [when for when in self.days if when <= day]
        stock = self.days[max(known)] if known else {}
        return {lot: packs for (where, lot), packs in stock.items() if where == place and packs}

    def _mirrored(self, rows: Sequence[tuple[date, date, int, str, str, int, bool]]) -> dict[object, int]:
        found: dict[object, list[int]] = {}
        for _, _, place, lot, kind, packs, other in rows:
            if other and kind != "count":
                source = place if kind == "out" else 1 - place
                found.setdefault((source, lot, packs), [0, 0])[kind == "in"] += 1
        return {key: min(counts) for key, counts in found.items()}

    def _enter(self, number: int, row: tuple[date, date, int, str, str, int, bool], *, may_lack: bool) -> None:
        _, _, place, lot, kind, packs, other = row
        stock = self.stock
        if kind == "count":
            stock[place, lot] = packs
            return
        source = None if kind == "in" and not other else place if kind == "out" else 1 - place
        target = None if kind == "out" and not other else place if kind == "in" else 1 - place
        key = (source, lot, packs)
        if other and self._left[kind].get(key, 0) > 0:
            self._left[kind][key] -= 1
            source, target = (source, None) if kind == "out" else (None, target)
        if source is not None:
            lack = packs - stock.get((source, lot), 0)
            if lack > 0 and not may_lack:
                self.refused.append(number)
                return
            self.unexplained += max(0, lack)
            stock[source, lot] = stock.get((source, lot), 0) + max(0, lack) - packs
        if target is not None:
            stock[target, lot] = stock.get((target, lot), 0) + packs
