"""The verbs with papers, done in the database and in the model: transfers, requests, counts, assemblies."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from core.actors import EVERYWHERE
from core.quarters import Quarter
from logistics.models import Transfer, TransferRequest
from logistics.queries import get_transfer
from logistics.queries.requests import get_request
from logistics.services import dispatch_transfer
from logistics.services.arrivals import receive_transfer, turn_back
from logistics.services.differences import agree_to_explanation, propose_explanation
from logistics.services.picks import pick_lots
from logistics.services.requests import approve_request, cancel_request, request_transfer
from logistics.services.sendings import dispatch_request
from logistics.values import TransferWish
from logistics.values.transfers import Counted, End, Explanation, NewRequest, PickWish, RequestWish
from tests.support.stock_model import Move, Spot
from tests.support.stock_player import KIT, QUARTERS, Player
from warehouses.models import Lot, StockCount
from warehouses.services.assemblies import assemble_kits
from warehouses.services.count_closing import close_count
from warehouses.services.counts import cancel_count, explain_differences, open_count, submit_count
from warehouses.services.taking_apart import take_apart_kits
from warehouses.services.tallies import tally
from warehouses.services.write_offs import approve_write_off, draft_write_off
from warehouses.values import PlaceKind
from warehouses.values.assemblies import NewAssembly, NewTakingApart
from warehouses.values.counts import DifferenceReason, Explanation as CountExplanation, NewCount, NewTally, TallyKind
from warehouses.values.write_offs import NewWriteOff, WriteOffWish


@dataclass(frozen=True, slots=True)
class Load:
    """Packs of one lot on the road between two places, or short of it on arrival."""

    key: uuid.UUID
    source: int
    target: int
    lot: int
    packs: int
    quarter: Quarter | None


@dataclass(frozen=True, slots=True)
class Held:
    """Packs of one lot picked for a request."""

    key: uuid.UUID
    spot: Spot
    target: int
    packs: int


@dataclass(slots=True)
class Clerk:
    """Does papers on behalf of a player; `me` and `you` are the two people where two are needed."""

    player: Player
    on_the_road: list[Load] = field(default_factory=list)
    short: list[Load] = field(default_factory=list)
    over: list[Load] = field(default_factory=list)
    picked: list[Held] = field(default_factory=list)
    counts: dict[int, tuple[uuid.UUID, dict[int, int]]] = field(default_factory=dict)
    counted_at: dict[uuid.UUID, datetime] = field(default_factory=dict)
    kit_lots: list[int] = field(default_factory=list)
    left_inside: dict[int, int] = field(default_factory=dict)

    @property
    def transit(self) -> int:
        """The place of what is on the road."""
        return self.player.world.outside[PlaceKind.IN_TRANSIT]

    def dispatch(self, source: int, target: int, lot: int, packs: int, quarter: Quarter | None) -> None:
        """Send packs on their way."""
        own, key = self.player, uuid.uuid4()
        done = own.act(
            lambda: dispatch_transfer(
                own.session, from_place_id=source, to_place_id=target, lines=[TransferWish(lot, packs, quarter)],
                actor=own.world.people[0], at=own.at, key=key,
            )
        )  # fmt: skip
        may = source != target and lot not in own.books.held
        assert done == (may and own.books.post([Move(lot, source, self.transit, packs, quarter)], own.at))
        if done:
            self.on_the_road.append(Load(key, source, target, lot, packs, quarter))

    def receive(self, which: int, differs: int) -> None:
        """Take a load in; so many packs more or fewer were counted than sent."""
        if not self.on_the_road:
            return
        own, load = self.player, self.on_the_road.pop(which % len(self.on_the_road))
        counted = max(0, load.packs + differs)
        said = {1: Counted(counted)} if differs else None
        transfer = self._transfer(load)
        assert own.act(
            lambda: receive_transfer(own.session, transfer, actor=own.world.people[1], at=own.at, counted=said)
        )
        came = min(counted, load.packs)
        if came:
            assert own.books.post([Move(load.lot, self.transit, load.target, came, load.quarter)], own.at)
        rest = Load(load.key, load.source, load.target, load.lot, abs(counted - load.packs), load.quarter)
        if counted < load.packs:
            self.short.append(rest)
        elif counted > load.packs:
            self.over.append(rest)

    def turn_back(self, which: int) -> None:
        """Let a load come back before it arrives."""
        if not self.on_the_road:
            return
        own, load = self.player, self.on_the_road.pop(which % len(self.on_the_road))
        transfer = self._transfer(load)
        assert own.act(lambda: turn_back(own.session, transfer, reason="model", actor=own.world.people[0], at=own.at))
        assert own.books.post([Move(load.lot, self.transit, load.source, load.packs, load.quarter)], own.at)

    def settle(self, which: int, how: int) -> None:
        """Let both ends agree what became of a difference."""
        waiting = [*self.short, *self.over]
        if not waiting:
            return
        load = waiting[which % len(waiting)]
        ways = SHORT_WAYS if load in self.short else OVER_WAYS
        explanation = ways[how % len(ways)]
        own, transfer = self.player, self._transfer(load)
        first, second = own.world.people

        def does() -> None:
            propose_explanation(
                own.session, transfer, 1, explanation=explanation, end=End.SOURCE, actor=first, at=own.at
            )
            agree_to_explanation(own.session, transfer, 1, explanation=explanation, actor=second, at=own.at)

        done = own.act(does)
        assert done == own.books.post(self._settling(load, explanation), own.at)
        if done:
            (self.short if load in self.short else self.over).remove(load)

    def _settling(self, load: Load, explanation: Explanation) -> list[Move]:
        ends: dict[Explanation, list[tuple[int | None, int | None]]] = {
            Explanation.LOST: [(self.transit, None)],
            Explanation.NOT_SENT: [(self.transit, load.source)],
            Explanation.FOUND: [(self.transit, load.target)],
            Explanation.SENT_MORE: [(load.source, self.transit), (self.transit, load.target)],
            Explanation.MISCOUNTED: [],
        }
        quarter = None if explanation is Explanation.SENT_MORE else load.quarter
        return [Move(load.lot, source, target, load.packs, quarter) for source, target in ends[explanation]]

    def request(self, source: int, target: int, lot: int, packs: int) -> None:
        """Ask for packs, let the other approve, and pick them from one lot: held for the request, or refused."""
        own, key = self.player, uuid.uuid4()
        me, you = own.world.people
        wish = NewRequest(key, source, target, (RequestWish(own.world.item, packs),))
        known = (source, lot)
        if source == target or own.books.on_hand(known) == 0:
            return

        def does() -> None:
            request = request_transfer(own.session, wish, actor=me, at=own.at)
            approve_request(own.session, request, actor=you, at=own.at)
            pick_lots(own.session, request, [PickWish(lot, packs, "model")], actor=me, at=own.at)

        may = lot not in own.books.held
        assert own.act(does) == (may and own.books.set_aside((source, lot), str(key), packs))
        if own.books.aside[(source, lot), str(key)]:
            self.picked.append(Held(key, (source, lot), target, packs))

    def send_picked(self, which: int) -> None:
        """Send what is picked for a request."""
        if not self.picked:
            return
        own, held = self.player, self.picked[which % len(self.picked)]
        request, key = self._request(held), uuid.uuid4()
        done = own.act(lambda: dispatch_request(own.session, request, actor=own.world.people[0], at=own.at, key=key))
        source, lot = held.spot
        assert done == (lot not in own.books.held)
        if done:
            assert own.books.set_aside(held.spot, str(held.key), -held.packs)
            assert own.books.post([Move(lot, source, self.transit, held.packs)], own.at)
            self.picked.remove(held)
            self.on_the_road.append(Load(key, source, held.target, lot, held.packs, None))

    def cancel(self, which: int) -> None:
        """Cancel a request: what was picked is free again."""
        if not self.picked:
            return
        own, held = self.player, self.picked.pop(which % len(self.picked))
        request = self._request(held)
        assert own.act(
            lambda: cancel_request(own.session, request, reason="model", actor=own.world.people[1], at=own.at)
        )
        assert own.books.set_aside(held.spot, str(held.key), -held.packs)

    def write_off(self, spot: Spot, packs: int, *, back: int, is_explained: bool) -> None:
        """Draft an act of some days ago and let the other approve it; after the close only with a reason."""
        own, key, moved_at = self.player, uuid.uuid4(), self.player.at - timedelta(days=back)
        me, you = own.world.people
        wish = NewWriteOff(spot[0], "LOSS", "model", moved_at, (WriteOffWish(spot[1], packs),))

        def does() -> None:
            draft_write_off(own.session, wish, key=key, actor=me, at=own.at)
            approve_write_off(own.session, key, actor=you, at=own.at, late_reason="model" if is_explained else "")

        done = own.act(does)
        enough = own.books.free(spot) >= packs
        moves = [Move(spot[1], spot[0], None, packs)]
        assert done == (enough and own.books.post(moves, moved_at, after_close=is_explained))

    def begin_count(self, place: int, offsets: tuple[int, int]) -> None:
        """Count the sets of a place, so many packs beside what is there, and hand the count in."""
        own, key = self.player, uuid.uuid4()
        lots = [lot for lot in own.lots if own.books.on_hand((place, lot)) > 0]
        if place in self.counts or not lots:
            return
        counted = {
            lot: max(0, own.books.on_hand((place, lot)) + offsets[number % 2]) for number, lot in enumerate(lots)
        }
        me = own.world.people[0]

        def does() -> None:
            count = open_count(own.session, NewCount(key, place, (own.world.item,)), actor=me, at=own.at)
            tallies = [NewTally(uuid.uuid4(), lot, TallyKind.SET, packs) for lot, packs in counted.items()]
            tally(own.session, count, tallies, actor=me, at=own.at)
            submit_count(own.session, count, actor=me, at=own.at)

        assert own.act(does)
        self.counts[place] = (key, counted)
        self.counted_at[key] = own.at

    def close_count(self, place: int) -> None:
        """Let the other person explain and close: differences to the book of that moment are corrected, or nothing."""
        if place not in self.counts:
            return
        own = self.player
        key, counted = self.counts.pop(place)
        when, you = self.counted_at[key], own.world.people[1]
        differences = {lot: packs - own.books.on_hand((place, lot), when) for lot, packs in counted.items()}
        reasons = [
            CountExplanation(lot, DifferenceReason.OTHER, "model") for lot, packs in differences.items() if packs
        ]
        count = own.session.get_one(StockCount, key)

        def does() -> None:
            if reasons:
                explain_differences(own.session, count, reasons, actor=you, at=own.at)
            close_count(own.session, count, actor=you, at=own.at)

        moves = [
            Move(lot, place if packs < 0 else None, None if packs < 0 else place, abs(packs))
            for lot, packs in differences.items()
            if packs
        ]
        done = own.act(does)
        assert done == own.books.post(moves, when)
        own.session.refresh(count)
        if not done:
            assert own.act(lambda: cancel_count(own.session, count, reason="model", actor=you, at=own.at))

    def assemble(self, sets: int) -> None:
        """Pack sets from the components of the first place."""
        own, key, place = self.player, uuid.uuid4(), self.player.world.places[0]
        wish = NewAssembly(place_id=place, kit_code=KIT, quarter=QUARTERS[0], sets=sets)
        parts = own.world.component_packs
        enough = all(own.books.free((place, lot)) >= packs * sets for lot, packs in parts.items())
        done = own.act(lambda: assemble_kits(own.session, wish, actor=own.world.people[0], at=own.at, key=key))
        assert done == enough
        if not done:
            return
        made = max(row for row in own.session.scalars(select(Lot.id)))
        self.kit_lots.append(made)
        self.left_inside[made] = sets
        own.lots.append(made)
        moves = [Move(made, None, place, sets)]
        moves += [Move(lot, place, None, packs * sets) for lot, packs in parts.items()]
        assert own.books.post(moves, own.at)

    def take_apart(self, which: int, sets: int) -> None:
        """Take sets of a lot apart that was packed before."""
        if not self.kit_lots:
            return
        own, place, key = self.player, self.player.world.places[0], uuid.uuid4()
        lot = self.kit_lots[which % len(self.kit_lots)]
        wish = NewTakingApart(place_id=place, lot_id=lot, sets=sets)
        done = own.act(lambda: take_apart_kits(own.session, wish, actor=own.world.people[0], at=own.at, key=key))
        moves = [Move(lot, place, None, sets)]
        moves += [Move(part, None, place, packs * sets) for part, packs in own.world.component_packs.items()]
        assert done == (sets <= self.left_inside[lot] and own.books.post(moves, own.at))
        if done:
            self.left_inside[lot] -= sets

    def _transfer(self, load: Load) -> Transfer:
        return get_transfer(self.player.session, load.key, EVERYWHERE)

    def _request(self, held: Held) -> TransferRequest:
        return get_request(self.player.session, held.key, EVERYWHERE)


SHORT_WAYS = (Explanation.LOST, Explanation.NOT_SENT, Explanation.FOUND)
OVER_WAYS = (Explanation.SENT_MORE, Explanation.MISCOUNTED)
