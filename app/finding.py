"""What somebody may look for by name from anywhere: rooms, lists, items, kinds of sets, places; within their reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.lists import LISTS, find_address, may_open
from app.menu import menu_for
from catalog.models import Item, KitKind
from catalog.permissions import CatalogRight
from core.actors import Actor
from core.i18n import Text, name_of, text
from core.text import fold
from core.web.lists import like_pattern
from core.web.session import field_keys
from distribution.permissions import DistributionRight
from distribution.queries.families import list_families_found
from distribution.views.shown import shown_name
from warehouses.models import Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import places_statement

MOST_OF_A_KIND = 6
_PAGE, _ITEM, _SET, _PLACE, _FAMILY = text("Page"), text("Item"), text("Set"), text("Place"), text("Family")
_SHORTEST_CASE_NO = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Something to open: what kind of thing it is, its name, its code, its address."""

    kind: Text
    name: str
    code: str
    href: str


def find_by_name(session: Session, actor: Actor, asked: str) -> list[Found]:
    """Return what fits, a few of each kind; without anything asked for, the rooms."""
    if not asked:
        return list(_pages(actor, ""))
    kinds = (_pages(actor, asked), _items(session, actor, asked), _sets(session, actor, asked))
    further = (_places(session, actor, asked), _families(session, actor, asked))
    return list(chain(*(islice(kind, MOST_OF_A_KIND) for kind in (*kinds, *further))))


def _pages(actor: Actor, asked: str) -> Iterator[Found]:
    rooms = [(entry.label, entry.href) for entry in menu_for(actor)]
    lists = [(str(name), find_address(endpoint)) for endpoint, name in LISTS.items() if may_open(actor, endpoint)]
    seen = set()
    for name, href in rooms + lists if asked else rooms:
        if href is not None and href not in seen and fold(asked) in fold(name):
            seen.add(href)
            yield Found(_PAGE, name, "", href)


def _items(session: Session, actor: Actor, asked: str) -> Iterator[Found]:
    if not actor.may(CatalogRight.READ):
        return
    pattern = like_pattern(asked)
    fits = Item.search_text.like(pattern, escape="\\") | Item.code.ilike(pattern, escape="\\")
    for item in session.scalars(select(Item).where(fits).order_by(Item.sort_kk, Item.id).limit(MOST_OF_A_KIND)):
        yield Found(_ITEM, name_of(item), item.code, url_for("catalog.show_item", code=item.code))


def _sets(session: Session, actor: Actor, asked: str) -> Iterator[Found]:
    if not actor.may(CatalogRight.READ):
        return
    for kind in session.scalars(select(KitKind).order_by(KitKind.code)):
        if fold(asked) in fold(f"{kind.code} {kind.name_kk} {kind.name_ru} {kind.name_en}"):
            yield Found(_SET, name_of(kind), kind.code, url_for("catalog.show_kit", code=kind.code))


def _places(session: Session, actor: Actor, asked: str) -> Iterator[Found]:
    reach = actor.reach(WarehouseRight.READ_STOCK)
    statement = places_statement(reach, pattern=like_pattern(asked)).order_by(Place.sort_kk, Place.id)
    for place, _district, _region in session.execute(statement.limit(MOST_OF_A_KIND)):
        yield Found(_PLACE, name_of(place), place.code, url_for("warehouses.show_place", place_id=place.id))


def _families(session: Session, actor: Actor, asked: str) -> Iterator[Found]:
    """Yield the family of a whole IIN or a whole case number; names are looked for in the list of families only."""
    reach = actor.reach(DistributionRight.READ_FAMILIES)
    if not actor.may(DistributionRight.READ_FAMILIES) or len(asked) < _SHORTEST_CASE_NO:
        return
    for family_id, name, case_no in list_families_found(session, reach, asked=asked, keys=field_keys()):
        yield Found(_FAMILY, shown_name(name), case_no, url_for("distribution.show_family", family_id=family_id))
