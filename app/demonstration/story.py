"""The demonstration, step by step: what a country does in a quarter, through the services that people use."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import schema
from app.demonstration import applications, catalogue, goods, hand_overs, people, quarters, unusual, warehouse
from app.demonstration.mark import Mark, read_mark, remove_mark, write_mark
from app.demonstration.places import Network, open_network
from app.demonstration.registry import Home, write_registry
from core.actors import Actor
from core.clock import now, today
from core.database import Database
from core.errors import Conflict
from core.i18n import text, use_language
from core.quarters import Quarter
from core.tabular import open_table
from core.web.session import database, field_keys, settings
from distribution.jobs.leads import search_registry
from distribution.jobs.watch import watch
from distribution.models import Family, Roster
from distribution.services.key_sets import renew_key_set
from distribution.services.registry import stage_batch
from distribution.services.registry_confirming import confirm_batch
from distribution.services.reservations import reserve_roster
from distribution.services.root_keys import own_root_key
from distribution.services.rosters import freeze_roster
from distribution.services.vouchers import issue_vouchers
from distribution.values.cycles import QuarterStep
from territory.models import District
from warehouses.models import StockMovement

ROWS = 17_600
"""So many children had the package first."""

SEED = 20_200_101
_SPREAD = 0.6
_SHOWN_DISTRICT = 113200000
"""Aqkol: where the district's people and the operator of the demonstration work."""


class NotInProduction(Conflict):
    """Invented people have a password that pages show: not where real ones work."""

    code = "not_in_production"


class NoDemonstration(Conflict):
    """Only invented data are erased."""

    code = "no_demonstration"


Say = Callable[[str], None]


class DatabaseInUse(Conflict):
    """Demonstration data never mix with real ones."""

    code = "database_in_use"


@dataclass(slots=True)
class Cast:
    """Who acts and where, as the story goes on."""

    quarter: Quarter
    password: str
    say: Say
    started: float = field(default_factory=time.monotonic)
    actors: dict[str, Actor] = field(default_factory=dict)

    @contextmanager
    def step(self, title: str) -> Iterator[Session]:
        """Do one step in a unit of work of its own, and tell how far we are."""
        self.say(f"  {time.monotonic() - self.started:5.1f} s  {title}")
        with database().writing() as session:
            yield session

    def day(self, session: Session, step: QuarterStep) -> datetime:
        """Return the moment at which a step of this quarter was taken."""
        return quarters.Days(session, self.quarter).at(step)


def load(say: Say, *, rows: int = ROWS) -> None:
    """Fill the database of the running application with a demonstration.

    Raises:
        DatabaseInUse: families or movements exist.
    """
    _refuse_production()
    refuse_in_use(database())
    folder = settings().data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    cast = Cast(Quarter.of(today(now())), people.invent_password(), say)
    write_mark(folder, Mark(finished=False, password=cast.password))
    with use_language("kk"):
        network, supplier_id = _enter_country(cast)
        _enter_catalogue(cast)
        _import_registry(cast, network, rows)
        roster_id = _freeze(cast)
        _stock_and_allot(cast, network, supplier_id, roster_id)
        _vouchers_and_hand_overs(cast, network)
        _look_ahead(cast)
    write_mark(folder, Mark(finished=True, password=cast.password, people=_told(cast)))
    say(f"  {time.monotonic() - cast.started:5.1f} s  done")


def _refuse_production() -> None:
    if settings().production:
        raise NotInProduction(text("This is a production installation. The demonstration runs without PRODUCTION=1."))


def refuse_in_use(found: Database) -> None:
    """Refuse a database in which families or movements exist.

    Raises:
        DatabaseInUse: they do.
    """
    if not is_empty(found):
        raise DatabaseInUse(
            text("There are families or movements in this database. The demonstration loads into an empty one only.")
        )


def is_empty(found: Database) -> bool:
    """Say whether the database has neither families nor movements."""
    with found.reading() as session:
        used = select(exists(select(Family.id)) | exists(select(StockMovement.id)))
        return not session.scalar(used)


def _told(cast: Cast) -> tuple[tuple[str, str], ...]:
    shown = (
        "admin",
        "ministry",
        "region",
        "district",
        "store",
        "operator",
        "supplier",
        "auditor",
        "ministry2",
        "store2",
    )
    return tuple((login, cast.actors[login].grants[0].role) for login in shown)


def _enter_country(cast: Cast) -> tuple[Network, int]:
    rights = current_app.extensions["rights"]
    with cast.step("first administrator, the ministry's people") as session:
        admin = people.enter_first(session, rights=rights, password=cast.password, at=now())
        cast.actors["admin"] = admin
        cast.actors |= people.enter(
            session, people.first_staff(), administrator=admin, password=cast.password, at=now()
        )
    with cast.step("182 warehouses and points, a supplier") as session:
        network = open_network(session, actor=cast.actors["ministry"], at=now())
        supplier_id = goods.enter_supplier(session, actor=cast.actors["ministry"], at=now())
    with cast.step("people of regions, districts, warehouses and points") as session:
        chosen = next(one for one in network.districts if one.id == _SHOWN_DISTRICT)
        scopes = people.Scopes(
            region=chosen.region_id,
            district=chosen.id,
            central=network.central.id,
            point=network.points[chosen.id].id,
            supplier=supplier_id,
            regions=tuple(network.regional),
            points=tuple(place.id for place in network.points.values()),
        )
        staff = tuple(people.other_staff(scopes))
        cast.actors |= people.enter(session, staff, administrator=admin, password=cast.password, at=now())
    return network, supplier_id


def _enter_catalogue(cast: Cast) -> None:
    with cast.step("uniform and school supplies are defined and stay switched off") as session:
        catalogue.enter_school(session, actors=cast.actors, quarter=cast.quarter, at=now())
    with cast.step("standards are drafted, returned and approved") as session:
        catalogue.live_on(session, actors=cast.actors, quarter=cast.quarter, at=now())


def _import_registry(cast: Cast, network: Network, rows: int) -> None:
    chance = random.Random(SEED)  # noqa: S311 - an invented country needs no secrecy
    homes = [Home(one.kato, one.centre_kk, chance.lognormvariate(0, _SPREAD)) for one in network.districts]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"tizilim-{cast.quarter}.csv"
        written = write_registry(file, rows=rows, quarter=cast.quarter, homes=homes, seed=SEED)
        with cast.step(f"a registry of {written} rows is checked and staged") as session, open_table(file) as table:
            batch = stage_batch(
                session,
                table=table,
                file_name=file.name,
                actor=cast.actors["ministry"],
                keys=field_keys(),
                at=cast.day(session, QuarterStep.IMPORT),
            )
    with cast.step(f"{batch.accepted_count} rows are confirmed, {batch.refused_count} were refused") as session:
        at = cast.day(session, QuarterStep.IMPORT)
        confirm_batch(session, batch_id=batch.id, actor=cast.actors["ministry2"], at=at)


def _freeze(cast: Cast) -> int:
    with cast.step(f"the roster of {cast.quarter} is frozen") as session:
        quarters.plan(session, quarter=cast.quarter, actors=cast.actors, at=cast.day(session, QuarterStep.IMPORT))
        roster = freeze_roster(
            session,
            quarter=cast.quarter,
            actor=cast.actors["ministry"],
            at=cast.day(session, QuarterStep.FREEZE),
            keys=field_keys(),
        )
        return roster.id


def _stock_and_allot(cast: Cast, network: Network, supplier_id: int, roster_id: int) -> None:
    actors: Mapping[str, Actor] = cast.actors
    with cast.step("packed sets are ordered, approved and received") as session:
        goods.order_and_receive(
            session,
            actors=actors,
            network=network,
            supplier_id=supplier_id,
            roster_id=roster_id,
            at=cast.day(session, QuarterStep.FREEZE),
        )
    with cast.step("root, supply and event are told; seed, draw, signatures, publication") as session:
        quarters.draw_and_allot(session, roster=session.get_one(Roster, roster_id), actors=actors)
    with cast.step("stock is reserved for 85 districts") as session:
        reserve_roster(session, roster=session.get_one(Roster, roster_id), actor=actors["ministry"], at=now())
    with cast.step("the cheapest transfers are planned") as session:
        quarters.plan_roads(session, quarter=cast.quarter, actors=actors, at=now())
    with cast.step("the sets travel to regions, districts and points") as session:
        goods.carry(session, actors=actors, network=network, quarter=cast.quarter, at=now())
    with cast.step("the central warehouse packs, counts, holds and recalls") as session:
        warehouse.live_a_week(
            session, actors=actors, network=network, supplier_id=supplier_id, quarter=cast.quarter, at=now()
        )


def _vouchers_and_hand_overs(cast: Cast, network: Network) -> None:
    with cast.step("vouchers are signed") as session:
        actor = cast.actors["ministry"]
        count = issue_vouchers(session, quarter=cast.quarter, actor=actor, at=now(), keys=field_keys())
        renew_key_set(session, own_root_key(settings().data_dir), actor_id=actor.id, at=now())
    with cast.step(f"{count} vouchers; those of one district are printed") as session:
        hand_overs.print_district(
            session, settings().data_dir / "print", quarter=cast.quarter, district_id=_SHOWN_DISTRICT,
            actor=cast.actors["district"], at=now(), base_url=settings().base_url,
        )  # fmt: skip
    cast.say(f"  {time.monotonic() - cast.started:5.1f} s  families come to the points")
    hand_overs.hand_out(quarter=cast.quarter, network=network, operator=cast.actors["crew"])
    with cast.step("a paper is lost, sets come back, a phone takes a list along") as session:
        unusual.live_a_day(session, quarter=cast.quarter, actors=cast.actors, at=now(), keys=field_keys())
        point_id = network.points[_SHOWN_DISTRICT].id
        unusual.give_a_phone(session, point_id=point_id, actors=cast.actors, at=now())


def _look_ahead(cast: Cast) -> None:
    with cast.step("families apply, a commission examines, officers decide") as session:
        district = session.get_one(District, _SHOWN_DISTRICT)
        officer = cast.actors["district"]
        applications.apply_for_aid(session, district=district, officer=officer, at=now(), keys=field_keys())
    with cast.step(f"the roster of {cast.quarter.next()} is frozen and announced; a family objects") as session:
        following, at = cast.quarter.next(), now()
        quarters.begin_next(session, quarter=following, actors=cast.actors, at=at, keys=field_keys())
        applications.object_to_roster(session, quarter=following, district=district, actors=cast.actors, at=at)
    cast.say(f"  {time.monotonic() - cast.started:5.1f} s  the registry is searched for doubles and mistakes")
    search_registry(database(), actor=cast.actors["ministry"], at=now(), tell=lambda *_: None)
    cast.say(f"  {time.monotonic() - cast.started:5.1f} s  what needs somebody becomes alerts")
    watch(database(), now())


def is_unfinished() -> bool:
    """Say whether a demonstration was begun here and not brought to its end."""
    mark = read_mark(settings().data_dir)
    return mark is not None and not mark.finished


def erase() -> None:
    """Take a demonstration away, whole; the database is at head and empty afterwards.

    Raises:
        NoDemonstration: this database was not filled by one.
    """
    _refuse_production()
    if read_mark(settings().data_dir) is None:
        raise NoDemonstration(text("This database holds no demonstration. Only a demonstration is erased."))
    schema.erase(database())
    remove_mark(settings().data_dir)
    schema.upgrade(database())
