"""Searching the registry for leads, against reading the same children with their families once.

Names are drawn as a country has them: some thousand surnames and fathers' names, a few hundred given names, common ones
more often. One child of two hundred is entered twice, its name spelled in another way.
"""

import random
import time
from collections.abc import Iterator

from benchmarks import plain
from benchmarks.jobs import Job, Outcome
from benchmarks.world import STAGER, actor
from core.clock import now
from core.database import Database
from core.text import fold, sort_key
from distribution.jobs.leads import search_registry

_SURNAMES, _GIVEN, _FATHERS = 4_000, 600, 1_500
_ONE_OF = 200
_SYLLABLES = ("ай", "бек", "дәу", "ер", "жан", "қай", "мұ", "нұр", "олж", "сан", "тем", "ұл", "шың", "іль", "ас", "гүл")
_SAME = (("ә", "а"), ("қ", "к"), ("ұ", "у"), ("і", "и"), ("ү", "у"))


def ours(job: Job) -> Outcome:
    """Search twice: everything found is new, then known."""
    database = Database(job.url)
    with database.reading() as session:
        person = actor(session, STAGER)
    start = time.perf_counter()
    kept, _gone = search_registry(database, actor=person, at=now(), tell=lambda *_: None)
    first = time.perf_counter()
    search_registry(database, actor=person, at=now(), tell=lambda *_: None)
    again = time.perf_counter()
    database.dispose()
    facts = {"search": first - start, "search again": again - first, "leads": float(kept.new)}
    return Outcome(again - start, facts)


def floor(job: Job) -> Outcome:
    """Read what there is to compare, by birthday, through the bare driver."""
    connection = plain.connect(job.url)
    start = time.perf_counter()
    rows = connection.execute(
        "SELECT child.id, child.search_text, child.birth_on, family.id, family.district_id, family.guardian_name "
        "FROM child JOIN assistance_case ON assistance_case.id = child.case_id "
        "JOIN family ON family.id = assistance_case.family_id ORDER BY child.birth_on"
    )
    while rows.fetchmany(5_000):
        pass
    seconds = time.perf_counter() - start
    connection.close()
    return Outcome(seconds, {"search": seconds, "search again": seconds})


def fill_named(job: Job) -> None:
    """Name the children as a country does, and enter some of them twice."""
    chance = random.Random(1)
    connection = plain.connect(job.url)
    marked = plain.placeholders(job.url)
    ids = [row[0] for row in connection.execute("SELECT id, birth_on FROM child ORDER BY birth_on, id").fetchall()]
    update = marked("UPDATE child SET name = ?, search_text = ?, sort = ? WHERE id = ?")
    with plain.durable(connection):
        rows = [
            (name, fold(name)[:200], sort_key(name)[:200], child)
            for child, name in zip(ids, _names(chance), strict=False)
        ]
        cursor = connection.cursor()  # type: ignore[attr-defined]  # both drivers have it
        cursor.executemany(update, rows)
    connection.close()


def _names(chance: random.Random) -> Iterator[str]:
    surnames, given, fathers = ([_word(chance) for _ in range(count)] for count in (_SURNAMES, _GIVEN, _FATHERS))
    last = ""
    while True:
        if last and chance.randrange(_ONE_OF) == 0:
            for one, other in _SAME:
                last = last.replace(one, other)
            yield last
            last = ""
            continue
        # the square of a chance: the first of a list are the common ones
        parts = (
            words[int(len(words) * chance.random() ** 2)] + ending
            for words, ending in ((surnames, "ов"), (given, ""), (fathers, "ұлы"))
        )
        last = " ".join(part.capitalize() for part in parts)
        yield last


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3))))
