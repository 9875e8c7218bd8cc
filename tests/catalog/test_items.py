"""Items are entered, edited, retired and restored by services, on both engines."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import ItemChanged, ItemMalformed, ItemStays, ReplacementUnfit
from catalog.models import Item, KitLine, KitVersion
from catalog.queries.item_history import find_last_change, list_changes_since, list_history
from catalog.queries.items import facts_of, find_item, get_item, list_drafts_with
from catalog.queries.items_listed import count_items_by, items_statement
from catalog.services.items import edit_item, enter_item, restore_item, retire_item
from catalog.values import ItemFacts, ItemKind
from core.actors import Actor
from core.audit import AuditEntry
from core.clock import now
from core.text import fold
from tests.support.people import an_actor

RICE = ItemFacts(
    code="rice5",
    name_kk="Күріш, ұзын дәнді",
    name_ru="Рис длиннозёрный",
    name_en="Rice, long grain",
    pack_net=800,
    pack_unit="g",
    gtins=("4 870000 000005", "96385074"),
    storage_min_c=0,
    storage_max_c=25,
    shelf_life_days=540,
    may_contain=("gluten",),
    nutrients={"kcal": 358_000, "protein_g": 6_500, "fat_g": 520, "carb_g": 79_150},
    nutrient_source="SR26 20452",
    hs_code="1006 30",
    reference_price_tiyn=38_050,
)


@pytest.fixture
def actor(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


def fields_of(refused: pytest.ExceptionInfo[ItemMalformed]) -> set[object]:
    return {fault.field for fault in refused.value.faults}


def test_what_was_entered_is_read_again_and_leaves_a_trace(session: Session, actor: Actor) -> None:
    item = enter_item(session, RICE, actor=actor, at=now())
    assert (item.code, item.kind, item.revision) == ("RICE5", ItemKind.COMPONENT, 1)
    stored = facts_of(get_item(session, "rice5"))
    assert stored == replace(RICE, code="RICE5", pack_grams=800, gtins=("4870000000005", "96385074"))
    entered = list_history(session, item)
    assert [(one.action, one.revision, one.who) for one in entered] == [("catalog.enter_item", 1, "Асель Серік")]
    assert {one.field for one in entered[0].fields} >= {"name_kk", "gtins", "kcal", "reference_price_tiyn"}


def test_saving_the_same_again_changes_nothing_and_leaves_no_trace(session: Session, actor: Actor) -> None:
    item = enter_item(session, RICE, actor=actor, at=now())
    for _ in range(2):
        item = edit_item(session, item, facts_of(item), revision=7, actor=actor, at=now())
    assert item.revision == 1
    assert len(list_history(session, item)) == 1


def test_ux_67_of_two_who_edit_at_once_the_second_is_told_who_came_first(session: Session, actor: Actor) -> None:
    item = enter_item(session, RICE, actor=actor, at=now())
    opened = facts_of(item)
    first = an_actor(session, role=Role.MINISTRY)
    edit_item(session, item, replace(opened, shelf_life_days=360), revision=1, actor=first, at=now())
    with pytest.raises(ItemChanged, match="Асель Серік changed this item on"):
        edit_item(session, item, replace(opened, note="bags"), revision=1, actor=actor, at=now())
    stored = get_item(session, "RICE5")
    assert (stored.shelf_life_days, stored.note, stored.revision) == (360, "", 2)
    (change,) = list_changes_since(session, stored, 1)
    assert [(one.field, one.before, one.after) for one in change.fields] == [("shelf_life_days", 540, 360)]


def test_a_trade_number_belongs_to_one_item_however_it_is_printed(session: Session, actor: Actor) -> None:
    enter_item(session, RICE, actor=actor, at=now())
    for printed in ("4870000000005", "04870000000005", "00000096385074"):
        other = replace(RICE, code="RICE6", gtins=(printed,))
        with pytest.raises(ItemMalformed, match="trade number of the item RICE5") as refused:
            enter_item(session, other, actor=actor, at=now())
        assert fields_of(refused) == {"gtins"}
    assert find_item(session, "RICE6") is None


def test_all_faults_are_told_at_once_each_with_its_field(session: Session, actor: Actor) -> None:
    enter_item(session, RICE, actor=actor, at=now())
    wrong = replace(
        RICE,
        name_kk=" ",
        pack_net=0,
        pack_unit="kg",
        pack_grams=None,
        storage_min_c=30,
        allergens=("gold",),
        gtins=("1",),
    )
    with pytest.raises(ItemMalformed) as refused:
        enter_item(session, wrong, actor=actor, at=now())
    assert fields_of(refused) == {"name_kk", "pack_net", "pack_unit", "storage_max_c", "allergens", "gtins", "code"}


def test_sizes_hang_on_one_item_and_never_on_a_size(session: Session, actor: Actor) -> None:
    coat = replace(
        RICE, code="COAT", pack_net=1, pack_unit="pcs", gtins=(), nutrients={}, nutrient_source="", shelf_life_days=None
    )
    enter_item(session, coat, actor=actor, at=now())
    size = replace(coat, code="COAT-122", variant_of="coat", variant="122")
    enter_item(session, size, actor=actor, at=now())
    assert [one.code for one in get_item(session, "COAT").variants] == ["COAT-122"]
    for code, variant_of, variant, field in (
        ("COAT-A", "COAT-122", "128", "variant_of"),
        ("COAT-B", "COAT", "122", "variant"),
        ("COAT-C", "NOTHING", "128", "variant_of"),
        ("COAT-D", "F13", "128", "variant_of"),
        ("COAT-E", "COAT", "", "variant"),
        ("COAT-F", "", "128", "variant_of"),
        ("COAT-G", "COAT-G", "128", "variant_of"),
    ):
        with pytest.raises(ItemMalformed) as refused:
            enter_item(session, replace(size, code=code, variant_of=variant_of, variant=variant), actor=actor, at=now())
        assert fields_of(refused) == {field}, code
    base = get_item(session, "COAT")
    with pytest.raises(ItemMalformed, match="sizes of its own"):
        edit_item(
            session, base, replace(facts_of(base), variant_of="MILK25", variant="1"), revision=1, actor=actor, at=now()
        )
    with pytest.raises(ItemStays, match="COAT-122"):
        retire_item(session, base, revision=1, actor=actor, at=now())


def test_a_retired_item_gets_no_sizes_and_its_sizes_wait_for_it(session: Session, actor: Actor) -> None:
    coat = enter_item(session, replace(RICE, code="COAT", gtins=()), actor=actor, at=now())
    size = replace(facts_of(coat), code="COAT-1", variant_of="COAT", variant="1")
    small = enter_item(session, size, actor=actor, at=now())
    small = retire_item(session, small, revision=1, actor=actor, at=now())
    retire_item(session, coat, revision=1, actor=actor, at=now())
    with pytest.raises(ItemMalformed, match="takes no new sizes"):
        enter_item(session, replace(size, code="COAT-2", variant="2"), actor=actor, at=now())
    with pytest.raises(ItemStays, match="Restore that item first"):
        restore_item(session, small, actor=actor, at=now())
    edit_item(session, small, replace(facts_of(small), note="old"), revision=2, actor=actor, at=now())


def test_the_pack_of_an_item_in_an_approved_standard_stays(session: Session, actor: Actor) -> None:
    milk = get_item(session, "MILK25")
    given = facts_of(milk)
    with pytest.raises(ItemMalformed, match="counts on packs of 1000 ml") as refused:
        edit_item(session, milk, replace(given, pack_net=900), revision=milk.revision, actor=actor, at=now())
    assert fields_of(refused) == {"pack_net"}
    with pytest.raises(ItemMalformed, match="does not change"):
        edit_item(session, milk, replace(given, code="MILK26"), revision=milk.revision, actor=actor, at=now())
    changed = edit_item(
        session, milk, replace(given, shelf_life_days=170), revision=milk.revision, actor=actor, at=now()
    )
    assert changed.shelf_life_days == 170


def test_of_a_packed_set_only_what_is_its_own_changes(session: Session, actor: Actor) -> None:
    kit = get_item(session, "F13")
    given = replace(facts_of(kit), gtins=("4006381333931",), storage_min_c=2, storage_max_c=25, note="white box")
    kit = edit_item(session, kit, given, revision=1, actor=actor, at=now())
    assert facts_of(kit) == given
    with pytest.raises(ItemMalformed, match="2 things") as refused:
        edit_item(session, kit, replace(given, name_en="Box", gtins=("1",)), revision=2, actor=actor, at=now())
    assert fields_of(refused) == {"name_en", "gtins"}
    with pytest.raises(ItemStays, match="Deactivate the kind"):
        retire_item(session, kit, revision=2, actor=actor, at=now())


def test_what_a_standard_counts_on_is_retired_only_with_a_replacement(session: Session, actor: Actor) -> None:
    milk = get_item(session, "MILK25")
    with pytest.raises(ItemStays, match=r"F13 · 1, F36 · 1"):
        retire_item(session, milk, revision=milk.revision, actor=actor, at=now())
    rice = enter_item(session, replace(RICE, gtins=()), actor=actor, at=now())
    milk = retire_item(session, milk, replacement="rice5", revision=milk.revision, actor=actor, at=now())
    assert milk.replaced_by is not None
    assert milk.replaced_by.code == "RICE5"
    with pytest.raises(ItemStays, match="retired already"):
        retire_item(session, milk, revision=milk.revision, actor=actor, at=now())
    milk = restore_item(session, milk, actor=actor, at=now())
    assert (milk.retired_at, milk.replaced_by_id) == (None, None)
    with pytest.raises(ItemStays, match="in use already"):
        restore_item(session, rice, actor=actor, at=now())
    actions = [(one.action, [(part.before, part.after) for part in one.fields]) for one in list_history(session, milk)]
    assert actions == [("catalog.restore_item", [("RICE5", None)]), ("catalog.retire_item", [(None, "RICE5")])]


def test_a_replacement_is_in_use_and_never_makes_a_ring(session: Session, actor: Actor) -> None:
    old = enter_item(session, replace(RICE, code="OLD", gtins=()), actor=actor, at=now())
    new = enter_item(session, replace(RICE, code="NEW", gtins=()), actor=actor, at=now())
    for code, sentence in (
        ("OLD", "itself"),
        ("F13", "no component"),
        ("NONE", "no component"),
        ("NEW'; --", "no component"),
    ):
        with pytest.raises(ReplacementUnfit, match=sentence):
            retire_item(session, old, replacement=code, revision=1, actor=actor, at=now())
    retire_item(session, old, replacement="NEW", revision=1, actor=actor, at=now())
    with pytest.raises(ReplacementUnfit, match="OLD is retired itself"):
        retire_item(session, new, replacement="OLD", revision=1, actor=actor, at=now())
    with pytest.raises(ItemChanged):
        retire_item(session, new, revision=9, actor=actor, at=now())


def test_a_draft_does_not_keep_an_item_from_being_retired_and_is_named(session: Session, actor: Actor) -> None:
    rice = enter_item(session, replace(RICE, gtins=()), actor=actor, at=now())
    version = session.scalars(select(KitVersion).limit(1)).one()
    named = ("legal_document_kk", "legal_document_ru", "legal_document_en", "legal_number", "legal_on")
    copied = {name: getattr(version, name) for name in ("kit_kind_id", "effective_from", *named)}
    draft = KitVersion(**copied, number=2, status="draft")
    session.add(draft)
    session.flush()
    session.add(KitLine(version_id=draft.id, position=1, item_id=rice.id, packs=1))
    session.flush()
    assert [one.id for one in list_drafts_with(session, rice)] == [draft.id]
    assert retire_item(session, rice, revision=1, actor=actor, at=now()).retired_at is not None


def test_bad_43_names_are_kept_without_what_nobody_sees(session: Session, actor: Actor) -> None:
    dirty = replace(
        RICE, gtins=(), name_kk="Кү\u200bріш\u202e", name_ru="Рис\x00 \ud800длинный", name_en="I" + "\u0301" * 10_000
    )
    item = enter_item(session, dirty, actor=actor, at=now())
    assert (item.name_kk, item.name_ru) == ("Күріш", "Рис длинный")
    assert len(item.name_en) <= 3
    found = session.scalars(items_statement(f"%{fold('ку́риш'.replace(chr(769), ''))}%", {"unit": "g"})).all()
    assert item.id in {one.id for one in found}


@pytest.mark.parametrize("name", ["ﷺ" * 100, "İ" * 300, "ß" * 300, "х" * 301])
def test_bad_43_names_that_grow_when_folded_are_refused_in_words(session: Session, actor: Actor, name: str) -> None:
    with pytest.raises(ItemMalformed, match=r"Shorten"):
        enter_item(session, replace(RICE, name_kk=name, name_ru=name, name_en=name), actor=actor, at=now())


def test_ux_41_each_filter_counts_what_its_choices_leave(session: Session, actor: Actor) -> None:
    rice = enter_item(session, RICE, actor=actor, at=now())
    retire_item(session, rice, revision=1, actor=actor, at=now())
    total = session.scalar(select(func.count()).select_from(Item)) or 0
    for name in ("kind", "unit", "state"):
        counts = count_items_by(session, name, "", {})
        assert sum(counts.values()) == total
        for choice, count in counts.items():
            assert len(session.scalars(items_statement("", {name: choice})).all()) == count, (name, choice)
    for name in ("kit", "allergen"):
        for choice, count in count_items_by(session, name, "", {}).items():
            assert len(session.scalars(items_statement("", {name: choice})).all()) == count, (name, choice)
    assert count_items_by(session, "state", "", {"state": "retired"}) == {"current": total - 1, "retired": 1}


def test_the_trail_names_no_person(session: Session, actor: Actor) -> None:
    item = enter_item(session, RICE, actor=actor, at=now())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.subject == "item")).one()
    assert (entry.actor_id, entry.subject_id, entry.district_id) == (actor.id, "RICE5", None)
    last = find_last_change(session, item)
    assert last is not None
    assert last.revision == 1
