"""Sets packed and taken apart: the list, and one act with what it moved."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from catalog.models import Item, KitVersion
from catalog.queries.versions import find_name
from core.clock import now
from core.i18n import Text, format_quarter, gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import in_language, ordered, read_list_query, slice_of, word_argument
from core.web.pages import page
from core.web.session import reading
from warehouses.models import Assembly, Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import list_names_of, list_unreachable
from warehouses.queries.assemblies import (
    ASSEMBLY_SORTS,
    assemblies_statement,
    count_assemblies_by_kind,
    get_assembly,
    list_assembly_lots,
)
from warehouses.values.assemblies import AssemblyKind
from warehouses.views.frame import blueprint, chips_of, number_argument

KIND_WORDS: Mapping[str, Text] = {
    AssemblyKind.ASSEMBLE: text("packed"),
    AssemblyKind.TAKE_APART: text("taken apart"),
}
KIND_MARKS: Mapping[str, str] = {AssemblyKind.ASSEMBLE: "ok", AssemblyKind.TAKE_APART: "info"}
_COLUMNS = ("kind", "item", "lot", "place", "packs", "assembled")


@blueprint.get("/assemblies")
@guarded(WarehouseRight.READ_STOCK)
def list_assemblies() -> ResponseReturnValue:
    """List the sets packed and taken apart at places within reach."""
    sorts = in_language(ASSEMBLY_SORTS)
    query = read_list_query(sorts=sorts, default="-assembled", filters={"kind", "place"}, columns=_COLUMNS)
    actor, pattern = current_actor(), query.pattern if query.q else None
    reach, place_id = actor.reach(WarehouseRight.READ_STOCK), number_argument("place")
    every = assemblies_statement(reach, pattern=pattern, place_id=place_id)
    found = assemblies_statement(reach, pattern=pattern, place_id=place_id, kind=word_argument("kind", KIND_WORDS))
    whole, form = ordered(found, query, sorts, Assembly.id), asked_format()
    with reading() as session:
        if form is not None:
            rows = _rows(session.execute(whole))
            return export_response(form, _header(), rows, name="assemblies", scope="", at=now())
        return page(
            query=query,
            acts=slice_of(session, whole, query),
            kinds=chips_of(KIND_WORDS, count_assemblies_by_kind(session, every)),
            filtered=list_names_of(session, reach, place_id=place_id),
            words=KIND_WORDS,
            marks=KIND_MARKS,
            may_pack=actor.may(WarehouseRight.ASSEMBLE_KITS),
        )


@blueprint.get("/assemblies/<uuid:assembly_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_assembly(assembly_id: uuid.UUID) -> ResponseReturnValue:
    """Show an act: which sets, from which lots or into which."""
    actor = current_actor()
    with reading() as session:
        act = get_assembly(session, assembly_id, actor.reach(WarehouseRight.READ_STOCK))
        out_of_reach = list_unreachable(session, [act.place_id], actor.reach(WarehouseRight.ASSEMBLE_KITS))
        return page(
            act=act,
            version=session.get_one(KitVersion, act.kit_version_id),
            lots=list_assembly_lots(session, act),
            who=find_name(session, act.actor_id),
            words=KIND_WORDS,
            marks=KIND_MARKS,
            may_take_apart=act.kind == AssemblyKind.ASSEMBLE and not out_of_reach,
        )


def _header() -> dict[str, str]:
    return {
        "number": _("Number"),
        "kind": _("What was done"),
        "item_code": _("Item code"),
        "set": _("Set"),
        "lot": _("Lot"),
        "expires_on": _("Expires on"),
        "place": _("Place"),
        "packs": _("Sets"),
        "quarter": _("Quarter"),
        "assembled_at": _("Done at"),
        "recorded_at": _("Entered at"),
    }


def _rows(rows: Iterable[Row[Assembly, Lot, Item, Place]]) -> Iterator[Sequence[Cell]]:
    for act, lot, item, place in rows:
        what = (act.number, str(KIND_WORDS[act.kind]), item.code, name_of(item), lot.code, lot.expires_on)
        yield (*what, name_of(place), act.packs, format_quarter(act.quarter), act.assembled_at, act.recorded_at)
