"""The catalogue of the demonstration: kinds for school children, switched off, and standards in the midst of life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from catalog.models import KitKind, KitVersion
from catalog.queries.items import facts_of, get_item
from catalog.queries.kits import get_kit
from catalog.queries.versions import version_in_force
from catalog.services.approvals import approve_version, return_draft, submit_draft
from catalog.services.comments import comment_version
from catalog.services.items import edit_item, enter_item, retire_item
from catalog.services.kits import KitDefinition, add_sizes, open_kit
from catalog.services.substitutes import SubstituteWish, add_substitute
from catalog.services.versions import DraftWords, draft_version, edit_draft, set_lines
from catalog.values import ItemFacts, LineWish, PackUnit
from core.actors import Actor
from core.quarters import Quarter
from core.reference import read_facts

_ITEMS = Path(__file__).resolve().parent / "school.csv"
_SIZES = ("122", "128", "134", "140", "146", "152", "158", "164")
_TIYN = 100
_GTINS = {
    "MILK25": "9520000000011",
    "BISC": "9520000000028",
    "BABYC": "9520000000035",
    "PUREE": "9520000000042",
    "BUCKW": "9520000000059",
    "OATFL": "9520000000066",
    "SUNOIL": "9520000000073",
    "HONEY": "9520000000080",
    "TPASTE": "9520000000097",
    "SOAP": "9520000000103",
    "SHAMP": "9520000000110",
    "BAG": "9520000000127",
}
"""Numbers of the prefix that GS1 keeps for examples: no pack in a shop bears one."""

_LEGAL_BASIS = {
    "legal_document_kk": "Қазақстан Республикасы Үкіметінің қаулысы",
    "legal_document_ru": "Постановление Правительства Республики Казахстан",
    "legal_document_en": "Resolution of the Government of the Republic of Kazakhstan",
    "legal_number": "1032",
    "legal_on": date(2019, 12, 30),
}
_FIRST = {
    "change_note_kk": "Жиынтықтың бірінші стандарты.",
    "change_note_ru": "Первый стандарт набора.",
    "change_note_en": "The first standard of this set.",
}
_MORE_MILK = {
    "change_note_kk": "Сүт 2 қаптаманың орнына 3 қаптама: кальций қажеттілігі жақсырақ өтеледі.",
    "change_note_ru": "Молока 3 упаковки вместо 2: потребность в кальции покрывается полнее.",
    "change_note_en": "Milk from 2 to 3 packs: more of the need for calcium is covered.",
}
_MORE_BISCUITS = {
    "change_note_kk": "Печенье бір қаптамаға көп: балалар оны жақсы жейді.",
    "change_note_ru": "Печенья на одну упаковку больше: дети охотно его едят.",
    "change_note_en": "One more pack of biscuits: children like them.",
}
_MORE_PORRIDGE = {
    "change_note_kk": "Ботқа 3 қаптама: темір қажеттілігі жақсырақ өтеледі.",
    "change_note_ru": "Каши 3 упаковки: потребность в железе покрывается полнее.",
    "change_note_en": "Porridge to 3 packs: more of the need for iron is covered.",
}
_UNIFORM = KitDefinition(
    code="UNI",
    name_kk="6 жастан 18 жасқа дейінгі балаларға арналған мектеп формасы",
    name_ru="Школьная форма для детей от 6 до 18 лет",
    name_en="School uniform, ages 6 to under 18",
    age_from_months=72,
    age_to_months=216,
    interval_quarters=4,
)
_SUPPLIES = KitDefinition(
    code="SCH",
    name_kk="6 жастан 18 жасқа дейінгі балаларға арналған мектеп керек-жарақтары",
    name_ru="Школьные принадлежности для детей от 6 до 18 лет",
    name_en="School supplies, ages 6 to under 18",
    age_from_months=72,
    age_to_months=216,
    interval_quarters=4,
)
_IN_UNIFORM = (("VEST", 1), ("TROUS", 1), ("SHIRT", 2), ("SOCKS", 3))
_IN_SUPPLIES = (("NOTE12", 20), ("NOTE48", 5), ("PEN", 6), ("PENCIL", 1), ("RULER", 1), ("ALBUM", 1), ("BAG", 1))


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works on the catalogue and when: one writes, another approves, a region comments."""

    session: Session
    author: Actor
    second: Actor
    region: Actor
    at: datetime


def enter_school(session: Session, *, actors: Mapping[str, Actor], quarter: Quarter, at: datetime) -> None:
    """Open uniform and school supplies with their approved standards; nobody activates them."""
    desk = Desk(session, actors["ministry"], actors["ministry2"], actors["region"], at)
    for row in read_facts(_ITEMS):
        _enter_item(desk, row)
    uniform = open_kit(session, _UNIFORM, actor=desk.author, at=at)
    add_sizes(session, uniform, _SIZES, actor=desk.author, at=at)
    supplies = open_kit(session, _SUPPLIES, actor=desk.author, at=at)
    for kit, lines in ((uniform, _IN_UNIFORM), (supplies, _IN_SUPPLIES)):
        version = draft_version(session, kit, actor=desk.author, at=at)
        _write(desk, version, quarter, lines, note=_FIRST)
        _approve(desk, version)


def live_on(session: Session, *, actors: Mapping[str, Actor], quarter: Quarter, at: datetime) -> None:
    """Let the catalogue live: trade numbers, a retired item, a standard to come, a draft that was returned once."""
    desk = Desk(session, actors["ministry"], actors["ministry2"], actors["region"], at)
    _number_packs(desk)
    _retire_an_item(desk)
    _approve_what_comes(desk, quarter)
    _draft_what_may_come(desk, quarter)


def _enter_item(desk: Desk, row: Mapping[str, str]) -> None:
    facts = ItemFacts(
        code=row["code"],
        name_kk=row["name_kk"],
        name_ru=row["name_ru"],
        name_en=row["name_en"],
        pack_net=1,
        pack_unit=PackUnit.PIECE,
        pack_grams=int(row["grams"]),
        hs_code=row["hs_code"],
        reference_price_tiyn=int(row["tenge"]) * _TIYN,
    )
    enter_item(desk.session, facts, actor=desk.author, at=desk.at)
    for size in _SIZES if row["sized"] else ():
        variant = replace(
            facts,
            code=f"{facts.code}-{size}",
            name_kk=f"{facts.name_kk}, {size}",
            name_ru=f"{facts.name_ru}, {size}",
            name_en=f"{facts.name_en}, {size}",
            variant_of=facts.code,
            variant=size,
        )
        enter_item(desk.session, variant, actor=desk.author, at=desk.at)


def _number_packs(desk: Desk) -> None:
    for code, gtin in _GTINS.items():
        item = get_item(desk.session, code)
        facts = replace(facts_of(item), gtins=(gtin,))
        edit_item(desk.session, item, facts, revision=item.revision, actor=desk.author, at=desk.at)


def _retire_an_item(desk: Desk) -> None:
    """Retire a pack of pasta that nobody makes any more, in favour of the one in the standards."""
    pasta = facts_of(get_item(desk.session, "PASTA"))
    old = replace(
        pasta,
        code="PASTA450",
        name_kk="Макарон өнімдері, 450 г",
        name_ru="Макаронные изделия, 450 г",
        name_en="Pasta, 450 g",
        pack_net=450,
        pack_grams=450,
        gtins=(),
    )
    item = enter_item(desk.session, old, actor=desk.author, at=desk.at)
    retire_item(desk.session, item, replacement="PASTA", revision=item.revision, actor=desk.author, at=desk.at)


def _approve_what_comes(desk: Desk, quarter: Quarter) -> None:
    """Approve a second version of the food of older children: a third litre of milk, and corn groats for barley."""
    version, lines = _copy(desk, "F36", quarter)
    more = [(item, packs + (item == "MILK25")) for item, packs in lines]
    _write(desk, version, quarter.next(), more, note=_MORE_MILK)
    wish = SubstituteWish(
        item="PEARLB",
        substitute="CORNG",
        for_packs=1,
        substitute_packs=2,
        reason_kk="Інжу арпа тапшы болған жағдайда; таза салмағы бірдей",
        reason_ru="На случай нехватки перловой крупы; масса нетто та же",
        reason_en="In case pearl barley runs short; the net mass is the same",
        valid_until=Quarter.from_ordinal(quarter.ordinal + 2),
    )
    add_substitute(desk.session, version, wish=wish, revision=version.revision, actor=desk.author, at=desk.at)
    _approve(desk, version)


def _draft_what_may_come(desk: Desk, quarter: Quarter) -> None:
    """Draft a second version of the food of toddlers: submitted, commented on, returned, mended, submitted again."""
    version, lines = _copy(desk, "F13", quarter)
    _write(
        desk, version, quarter.next(), [(item, packs + (item == "BISC")) for item, packs in lines], note=_MORE_BISCUITS
    )
    _submit(desk, version)
    words = "Пюре орнына печенье көбейсе, қант көбейеді. Ботқаны көбейткен дұрыс болар еді."
    comment_version(desk.session, version, words=words, actor=desk.region, at=desk.at)
    words = "Өңірдің пікірімен келісемін: печенье 1 қаптама қалсын, ботқа 3 қаптама болсын."
    return_draft(desk.session, version, words=words, revision=version.revision, actor=desk.second, at=desk.at)
    mended = [(item, packs + (item == "BABYC")) for item, packs in lines]
    _write(desk, version, quarter.next(), mended, note=_MORE_PORRIDGE)
    _submit(desk, version)


def _copy(desk: Desk, code: str, quarter: Quarter) -> tuple[KitVersion, Sequence[tuple[str, int]]]:
    """Draft a copy of the version in force, and return it with its lines."""
    kit: KitKind = get_kit(desk.session, code)
    current = version_in_force(desk.session, kit, quarter)
    version = draft_version(desk.session, kit, source=current, actor=desk.author, at=desk.at)
    return version, [(line.item.code, line.packs) for line in current.lines]


def _write(
    desk: Desk,
    version: KitVersion,
    effective_from: Quarter,
    lines: Sequence[tuple[str, int]],
    *,
    note: Mapping[str, str],
) -> None:
    words = DraftWords(effective_from=effective_from, **note, **_LEGAL_BASIS)  # type: ignore[arg-type]  # by name
    edit_draft(desk.session, version, words=words, revision=version.revision, actor=desk.author, at=desk.at)
    wishes = [LineWish(item, packs) for item, packs in lines]
    set_lines(desk.session, version, lines=wishes, revision=version.revision, actor=desk.author, at=desk.at)


def _submit(desk: Desk, version: KitVersion) -> None:
    submit_draft(desk.session, version, revision=version.revision, actor=desk.author, at=desk.at)


def _approve(desk: Desk, version: KitVersion) -> None:
    _submit(desk, version)
    approve_version(desk.session, version, seen=version.content_hash or "", actor=desk.second, at=desk.at)
