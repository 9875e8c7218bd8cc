"""Thousands of histories of phones, a flaky network and the real services (REL-12, REL-13)."""

import os
from collections import Counter

import pytest
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from tests.conftest import on_one_engine
from tests.support.simulation import Field, History, a_field

SEEDS, STEPS, PART = 2_000, 12, 1_000
ALL_SEEDS = int(os.environ.get("TOPTAMA_TEST_SEEDS", "100000"))
"""A week of `make soak` runs a million: TOPTAMA_TEST_SEEDS=1000000."""


HARD = {
    "asked in vain", "answer lost", "late", "cut", "shuffled", "repeated", "held waits", "conflict double",
    "conflict late", "conflict no_stock", "double",
}  # fmt: skip


def live(session: Session, keys: FieldKeys, world: Field, seed: int, *, steps: int = STEPS) -> Counter[str]:
    """Live one history, compare the books with it and return what happened; all is forgotten afterwards."""
    whole = session.begin_nested()
    history = History(session, keys, world, seed)
    try:
        history.run(steps)
        history.check()
        before = history.fingerprint()
        history.repeat()
        assert history.fingerprint() == before, "what came in twice changed something"
    except Exception as failed:
        failed.add_note(f"seed {seed}:\n" + "\n".join(history.told))
        raise
    else:
        return history.seen
    finally:
        whole.rollback()
        session.expunge_all()


@on_one_engine
@pytest.mark.parametrize("first", range(0, SEEDS, PART))
def test_rel_12_any_history_of_phones_ends_with_nothing_lost_and_nothing_twice(
    session: Session, keys: FieldKeys, first: int
) -> None:
    world = a_field(session, keys)
    seen: Counter[str] = Counter()
    for seed in range(first, first + PART):
        seen += live(session, keys, world, seed)
    assert not HARD - set(seen), "histories in which nothing hard happens prove nothing"


@pytest.mark.soak
def test_rel_12_many_histories(session: Session, keys: FieldKeys) -> None:
    world = a_field(session, keys)
    for seed in range(ALL_SEEDS):
        live(session, keys, world, seed, steps=40)
