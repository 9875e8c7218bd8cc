"""Bins of a place: the list, what lies in one, putting away and taking out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy import Row, func
from sqlalchemy.orm import Session

from core.actors import Reach
from core.clock import now, today
from core.errors import Invalid
from core.i18n import gettext as _, name_of, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses import rules
from warehouses.forms.bins import BinForm, PutAwayForm, TakeOutForm
from warehouses.models import Bin, Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import expiry_watch, get_lot, get_place, list_unreachable
from warehouses.queries.bins import (
    bins_statement,
    find_bin,
    get_bin,
    list_bin_contents,
    suggest_bins,
    waiting_statement,
)
from warehouses.queries.lot_finding import get_lot_here
from warehouses.services import bins
from warehouses.views.frame import (
    FRESHNESS_MARKS,
    FRESHNESS_NAMES,
    STATUS_MARKS,
    STATUS_NAMES,
    blueprint,
    number_argument,
)

BIN_SORTS = {"code": Bin.code}
_COLUMNS = ("state", "note", "lots", "packs")
_WAITING_SHOWN = 100


@blueprint.get("/places/<int:place_id>/bins")
@guarded(WarehouseRight.READ_STOCK)
def list_bins(place_id: int) -> ResponseReturnValue:
    """List the bins of a place."""
    query = read_list_query(sorts=BIN_SORTS, default="code", columns=_COLUMNS)
    form, reach = asked_format(), current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        place = get_place(session, place_id, reach)
        found = bins_statement(place.id)
        if query.q:
            found = found.where(func.lower(Bin.code).like(query.pattern, escape="\\"))
        whole = ordered(found, query, BIN_SORTS, Bin.id)
        if form is not None:
            scope = f"{place.code} {name_of(place)}"
            return export_response(form, _header(), _rows(session.execute(whole)), name="bins", scope=scope, at=now())
        return page(query=query, place=place, bins=slice_of(session, whole, query), **_rights(session, place))


@blueprint.route("/places/<int:place_id>/bins/open", methods=["GET", "POST"])
@guarded(WarehouseRight.MANAGE_BINS)
def open_bin(place_id: int) -> ResponseReturnValue:
    """Open a bin."""
    form = BinForm()
    place = _place(place_id, WarehouseRight.MANAGE_BINS)
    opened = form.accepts(lambda: _open(form, place_id))
    if opened is None:
        return page(form=form, place=place)
    told(text("Bin %(bin)s is open.", bin=opened.code))
    return redirect_to("warehouses.list_bins", place_id=place_id)


@blueprint.get("/places/<int:place_id>/bins/<int:bin_id>")
@guarded(WarehouseRight.READ_STOCK)
def show_bin(place_id: int, bin_id: int) -> ResponseReturnValue:
    """Show what lies in a bin."""
    with reading() as session:
        place = get_place(session, place_id, current_actor().reach(WarehouseRight.READ_STOCK))
        return page(
            place=place,
            bin=get_bin(session, place.id, bin_id),
            contents=list_bin_contents(session, bin_id),
            act=ActForm(),
            **_rights(session, place),
            **_words(session),
        )


@blueprint.route("/places/<int:place_id>/bins/<int:bin_id>/change", methods=["GET", "POST"])
@guarded(WarehouseRight.MANAGE_BINS)
def change_bin(place_id: int, bin_id: int) -> ResponseReturnValue:
    """Give a bin another code or note."""
    place = _place(place_id, WarehouseRight.MANAGE_BINS)
    with reading() as session:
        found = get_bin(session, place_id, bin_id)
    form = BinForm(obj=found)
    if form.accepts(lambda: _change(form, place_id, bin_id)) is None:
        return page(form=form, place=place, bin=found)
    told(text("The changes are saved."))
    return redirect_to("warehouses.show_bin", place_id=place_id, bin_id=bin_id)


@blueprint.post("/places/<int:place_id>/bins/<int:bin_id>/close")
@guarded(WarehouseRight.MANAGE_BINS)
def close_bin(place_id: int, bin_id: int) -> ResponseReturnValue:
    """Close an empty bin."""
    with transaction() as session:
        bins.close_bin(session, place_id, bin_id, actor=current_actor(), at=now())
    told(text("The bin is closed."))
    return redirect_to("warehouses.show_bin", place_id=place_id, bin_id=bin_id)


@blueprint.post("/places/<int:place_id>/bins/<int:bin_id>/reopen")
@guarded(WarehouseRight.MANAGE_BINS)
def reopen_bin(place_id: int, bin_id: int) -> ResponseReturnValue:
    """Open a closed bin again."""
    with transaction() as session:
        bins.reopen_bin(session, place_id, bin_id, actor=current_actor(), at=now())
    told(text("The bin is open again."))
    return redirect_to("warehouses.show_bin", place_id=place_id, bin_id=bin_id)


@blueprint.route("/places/<int:place_id>/put-away", methods=["GET", "POST"])
@guarded(WarehouseRight.PUT_AWAY)
def put_away(place_id: int) -> ResponseReturnValue:
    """Show what was not put away yet, and put packs into a bin."""
    reach = current_actor().reach(WarehouseRight.PUT_AWAY)
    with reading() as session:
        place = get_place(session, place_id, reach)
        form = PutAwayForm(data=_offered(session, place.id, reach))
    if form.accepts(lambda: _put(form, place_id)) is None:
        with reading() as session:
            waiting = session.execute(waiting_statement(place.id).order_by(Lot.id.desc()).limit(_WAITING_SHOWN)).all()
            offers = suggest_bins(session, place.id, [row[0].id for row in waiting])
            return page(form=form, place=place, waiting=waiting, offers=offers, **_words(session))
    told(text("The packs are put away."))
    return redirect_to("warehouses.put_away", place_id=place_id)


@blueprint.route("/places/<int:place_id>/bins/<int:bin_id>/take-out/<int:lot_id>", methods=["GET", "POST"])
@guarded(WarehouseRight.PUT_AWAY)
def take_out(place_id: int, bin_id: int, lot_id: int) -> ResponseReturnValue:
    """Take packs out of a bin, to be put away elsewhere later."""
    reach = current_actor().reach(WarehouseRight.PUT_AWAY)
    with reading() as session:
        place = get_place(session, place_id, reach)
        found, lot = get_bin(session, place.id, bin_id), get_lot(session, lot_id, reach)
        there = {one.id: packs for one, _item, packs in list_bin_contents(session, bin_id)}.get(lot_id, 0)
    form = TakeOutForm(data={"packs": there})
    if form.accepts(lambda: _take(form, place_id, bin_id, lot_id)) is None:
        return page(form=form, place=place, bin=found, lot=lot, there=there)
    told(text("The packs are out of the bin and wait to be put away."))
    return redirect_to("warehouses.show_bin", place_id=place_id, bin_id=bin_id)


def _place(place_id: int, right: WarehouseRight) -> Place:
    with reading() as session:
        return get_place(session, place_id, current_actor().reach(right))


def _open(form: BinForm, place_id: int) -> Bin:
    with transaction() as session:
        code, note = form.code.data or "", form.note.data or ""
        return bins.open_bin(session, place_id, code=code, note=note, actor=current_actor(), at=now())


def _change(form: BinForm, place_id: int, bin_id: int) -> Bin:
    with transaction() as session:
        code, note = form.code.data or "", form.note.data or ""
        return bins.change_bin(session, place_id, bin_id, code=code, note=note, actor=current_actor(), at=now())


def _put(form: PutAwayForm, place_id: int) -> bool:
    actor = current_actor()
    with transaction() as session:
        place = get_place(session, place_id, actor.reach(WarehouseRight.PUT_AWAY))
        lot = _lot_of(session, form, place.id, actor.reach(WarehouseRight.PUT_AWAY))
        source = _bin_of(session, place.id, form.from_bin.data).id if form.from_bin.data else None
        target = _bin_of(session, place.id, form.to_bin.data or "").id
        packs = form.packs.data or 0
        bins.put_away(session, place.id, lot.id, bin_id=target, packs=packs, from_bin_id=source, actor=actor, at=now())
    return True


def _take(form: TakeOutForm, place_id: int, bin_id: int, lot_id: int) -> bool:
    with transaction() as session:
        packs = form.packs.data or 0
        bins.take_out(session, place_id, lot_id, bin_id=bin_id, packs=packs, actor=current_actor(), at=now())
    return True


def _lot_of(session: Session, form: PutAwayForm, place_id: int, reach: Reach) -> Lot:
    """Return the lot that the form names: that of the address while its code stands there, else what was typed."""
    lot_id = number_argument("lot")
    if lot_id is not None:
        lot = get_lot(session, lot_id, reach)
        if (lot.code or "–") == form.lot.data:
            return lot
    return get_lot_here(session, place_id, form.lot.data or "")


def _bin_of(session: Session, place_id: int, code: str) -> Bin:
    found = find_bin(session, place_id, code)
    if found is None:
        raise Invalid(text("There is no bin %(bin)s here. Scan it again, or open it first.", bin=code))
    return found


def _offered(session: Session, place_id: int, reach: Reach) -> Mapping[str, object]:
    """Return what the address says already: a lot, the bin it comes from, and with them packs and a bin to go to."""
    lot_id, bin_id = number_argument("lot"), number_argument("from")
    if lot_id is None:
        return {}
    lot = get_lot(session, lot_id, reach)
    offers = suggest_bins(session, place_id, [lot.id])[lot.id]
    said: dict[str, object] = {"lot": lot.code or "–", "to_bin": offers[0].code if offers and bin_id is None else ""}
    if bin_id is not None:
        said["from_bin"] = get_bin(session, place_id, bin_id).code
    else:
        waiting = waiting_statement(place_id).where(Lot.id == lot.id)
        said["packs"] = next((row[3] for row in session.execute(waiting)), None)
    return said


def _rights(session: Session, place: Place) -> Mapping[str, bool]:
    actor = current_actor()

    def may(right: WarehouseRight) -> bool:
        return actor.may(right) and not list_unreachable(session, [place.id], actor.reach(right))

    return {"may_manage": may(WarehouseRight.MANAGE_BINS), "may_put_away": may(WarehouseRight.PUT_AWAY)}


def _words(session: Session) -> Mapping[str, object]:
    return {
        "watch": expiry_watch(session, today(now())),
        "freshness": rules.freshness,
        "freshness_names": FRESHNESS_NAMES,
        "freshness_marks": FRESHNESS_MARKS,
        "status_names": STATUS_NAMES,
        "status_marks": STATUS_MARKS,
    }


def _header() -> dict[str, str]:
    return {
        "bin": _("Bin"),
        "is_open": _("Open"),
        "note": _("Note"),
        "lots": _("Lots"),
        "packs": _("Packs"),
    }


def _rows(rows: Iterable[Row[Bin, int, int]]) -> Iterator[Sequence[Cell]]:
    for one, lots, packs in rows:
        yield one.code, _("yes") if one.is_open else _("no"), one.note, int(lots), int(packs)
