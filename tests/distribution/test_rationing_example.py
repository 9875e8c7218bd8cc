"""The worked example of rationing, through the database of both engines, to the byte."""

import csv
import json
import random
from datetime import date
from pathlib import Path
from typing import TypedDict

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from catalog.models import KitKind
from catalog.services.versions import fix_standards
from core.actors import EVERYWHERE
from core.database import named
from core.quarters import Quarter
from distribution.models import Allotment, AssistanceCase, Cycle, Roster, RosterLine, RosterSupply
from distribution.queries.allotments import get_allotment_of, of_its_line
from distribution.services.allotments import allot
from distribution.services.drops import drop_allotments
from territory.models import District
from tests.support.families import AT, a_family, a_ministry, kit_kind

EXAMPLE = Path(__file__).parent / "rationing_example"
TODDLER = date(2024, 5, 6)


class Told(TypedDict):
    """What the example's cycle.json tells."""

    quarter: str
    merkle_root: str
    seed: str
    seed_source: str
    supply: dict[str, int]
    need: dict[str, int]


def rows_of(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def the_example(session: Session, order: random.Random) -> tuple[Roster, Told]:
    """Write the roster of the worked example as it would stand after its freeze, its lines in whatever order."""
    cycle: Told = json.loads((EXAMPLE / "cycle.json").read_text("utf-8"))
    quarter, ministry = Quarter.parse(cycle["quarter"]), a_ministry(session)
    session.add(Cycle(quarter=quarter, secret_sealed=b"", opened_at=AT))
    session.flush()
    lines = rows_of("roster.csv")
    order.shuffle(lines)
    fix_standards(session, quarter=quarter, at=AT)
    roster = Roster(
        quarter=quarter,
        number=1,
        merkle_root=cycle["merkle_root"],
        line_count=len(lines),
        child_count=len({line["pseudonym"] for line in lines}),
        family_count=9,
        frozen_by_id=ministry.id,
        frozen_at=AT,
    )
    session.add(roster)
    session.flush()
    kits = {kit: kit_kind(session, kit).id for kit in cycle["need"]}
    session.add_all(
        RosterSupply(roster_id=roster.id, kit_kind_id=kits[kit], need=need) for kit, need in cycle["need"].items()
    )
    _open_district(session, 551600000)
    homes = {line["pseudonym"]: int(line["kato"]) for line in lines}
    children = {name: a_family(session, births=[TODDLER], district_id=kato)[0] for name, kato in homes.items()}
    values = [
        {
            "quarter": quarter,
            "child_id": children[line["pseudonym"]].id,
            "kit_kind_id": kits[line["kit"]],
            "roster_id": roster.id,
            "family_id": session.get_one(AssistanceCase, children[line["pseudonym"]].case_id).family_id,
            "district_id": int(line["kato"]),
            "pseudonym": line["pseudonym"],
            "priority": int(line["priority"]),
            "missed": int(line["missed"]),
        }
        for line in lines
    ]
    session.execute(insert(RosterLine), values)
    return roster, cycle


def _open_district(session: Session, kato: int) -> None:
    """Add a district of the example that the programme does not have."""
    names = named("Аудан", "Район", "District")
    centre = {f"centre_{language}": "–" for language in ("kk", "ru", "en")}
    region_id = kato // 10_000_000 * 10_000_000
    session.add(District(id=kato, kato=str(kato), region_id=region_id, latitude=52, longitude=77, **centre, **names))
    session.flush()


def drawn(session: Session, roster: Roster) -> str:
    """Write who was granted as the publication does."""
    place = (KitKind.code, District.kato, Allotment.rank)
    found = session.execute(
        select(RosterLine.pseudonym, District.kato, KitKind.code, Allotment.draw, Allotment.status)
        .join(RosterLine, of_its_line())
        .join(District, District.id == Allotment.district_id)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(Allotment.roster_id == roster.id)
        .order_by(*place)
    )
    lines = ["pseudonym,kato,kit,draw,granted"]
    lines += [f"{name},{kato},{kit},{draw},{int(state == 'granted')}" for name, kato, kit, draw, state in found]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("order", [1, 2])
def test_the_worked_example_comes_out_to_the_byte_whatever_the_order_of_its_lines(session: Session, order: int) -> None:
    roster, cycle = the_example(session, random.Random(order))
    shared = allot(
        session,
        roster=roster,
        seed=cycle["seed"],
        seed_source=cycle["seed_source"],
        announced=cycle["supply"],
        actor=a_ministry(session),
        at=AT,
    )
    assert shared == cycle["supply"]
    for line in rows_of("dropped.csv"):
        one = get_allotment_of(session, roster.quarter, line["pseudonym"], kit=line["kit"], reach=EVERYWHERE)
        drop_allotments(session, allotment_ids=[one.id], reason="died", note="", actor=a_ministry(session), at=AT)
    assert drawn(session, roster) == (EXAMPLE / "draw.csv").read_text("utf-8")
