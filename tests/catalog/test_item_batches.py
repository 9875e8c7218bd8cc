"""Files of items: judged all at once, confirmed as a whole, undone as a whole; on both engines."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import (
    ItemBatchClosed,
    ItemColumnsUnclear,
    ItemFileLoaded,
    ItemsChangedSince,
)
from catalog.models import Item, ItemBatch, ItemBatchRow
from catalog.queries.item_batches import list_column_faults
from catalog.queries.item_batches_around import row_of
from catalog.queries.items import facts_of, find_item, get_item, list_faults
from catalog.rules.item_batches import column_of, read_item_row
from catalog.services.item_batches import (
    check_item_batch,
    confirm_item_batch,
    discard_item_batch,
    match_columns,
)
from catalog.services.item_batches_undoing import undo_item_batch
from catalog.services.items import edit_item
from core.actors import Actor
from core.audit import AuditEntry
from core.tabular.errors import FileEmpty, FileTooBig, NotTheTemplate
from core.tabular.remarks import unpacked
from tests.support.catalogue import a_kit_kind
from tests.support.item_files import AT, KEYS, an_item_row, items_csv, staged
from tests.support.people import an_actor


@pytest.fixture
def clerk(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


def states(session: Session, batch: ItemBatch) -> dict[int, str]:
    rows = select(ItemBatchRow.row_number, ItemBatchRow.state).where(ItemBatchRow.batch_id == batch.id)
    return dict(session.execute(rows).all())


def said(session: Session, batch: ItemBatch, number: int) -> list[tuple[str, str]]:
    row = session.get_one(ItemBatchRow, (batch.id, number))
    return [(str(fault["column"]), str(unpacked(fault))) for fault in row.faults]


def counts(batch: ItemBatch) -> Sequence[int]:
    return batch.count_new, batch.count_changed, batch.count_same, batch.count_refused


def confirmed(session: Session, batch: ItemBatch, actor: Actor) -> ItemBatch:
    return confirm_item_batch(session, batch_id=batch.id, actor=actor, at=AT)


def test_ux_60_rows_are_new_changed_same_or_refused_and_say_how(session: Session, clerk: Actor, tmp_path: Path) -> None:
    confirmed(session, staged(session, tmp_path, [an_item_row("A"), an_item_row("B")], actor=clerk), clerk)
    rows = [an_item_row("A"), an_item_row("B", note="жаңа"), an_item_row("C"), an_item_row("D", pack_net="0")]
    batch = staged(session, tmp_path, rows, actor=clerk)
    assert states(session, batch) == {2: "same", 3: "changed", 4: "new", 5: "refused"}
    assert counts(batch) == (1, 1, 1, 1)
    changed = session.get_one(ItemBatchRow, (batch.id, 3))
    assert changed.before is not None
    assert {key for key in KEYS if changed.before.get(key) != changed.given.get(key)} == {"note"}


def test_ux_56_nothing_is_written_before_confirm_and_everything_after(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    before = session.scalar(select(func.count()).select_from(Item))
    batch = staged(
        session,
        tmp_path,
        [an_item_row("A", reference_price="330,50", protein_g="2.9", nutrient_source="x")],
        actor=clerk,
    )
    assert session.scalar(select(func.count()).select_from(Item)) == before
    confirmed(session, batch, clerk)
    facts = facts_of(get_item(session, "A"))
    assert (facts.reference_price_tiyn, facts.nutrients) == (33050, {"protein_g": 2900})
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "item_batch")).all()
    assert sorted(acts) == ["catalog.confirm_item_batch", "catalog.stage_item_batch"]


def test_ux_54_all_errors_of_a_row_are_told_with_the_number_in_the_file(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    wrong = an_item_row(
        "A",
        name_kk="",
        pack_net="пять",
        pack_unit="kg",
        gtins="4870001234561",
        storage_min_c="9",
        allergens="milk; fur",
        reference_price="1,234",
        protein_g="120",
        retired="yes",
        kind="packed_kit",
    )
    content = items_csv([an_item_row("X"), wrong]).replace(b"X;", b"\r\nX;", 1)
    batch = staged(session, tmp_path, content, actor=clerk)
    assert states(session, batch) == {3: "new", 4: "refused"}
    told = dict(said(session, batch, 4))
    assert set(told) >= {
        "name_kk",
        "pack_net",
        "pack_unit",
        "gtins",
        "storage_max_c",
        "allergens",
        "reference_price",
        "protein_g",
        "nutrient_source",
        "retired",
        "kind",
    }
    assert "пять" in told["pack_net"]
    assert "the last one is 0, not 1" in told["gtins"]


def test_what_other_rows_say_speaks_against_a_row(session: Session, clerk: Actor, tmp_path: Path) -> None:
    rows = [
        an_item_row("A"),
        an_item_row("a", name_en="again"),
        an_item_row("B", gtins="4870001234560"),
        an_item_row("C", gtins="04870001234560"),
        an_item_row("D", variant_of="E", variant="122"),
        an_item_row("E"),
        an_item_row("F", variant_of="E", variant="122"),
        an_item_row("G", variant_of="A", variant="9"),
        an_item_row("H", variant_of="E", variant="128"),
    ]
    batch = staged(session, tmp_path, rows, actor=clerk)
    found = states(session, batch)
    assert [number for number, state in found.items() if state == "new"] == [7, 10]
    assert said(session, batch, 2) == [("code", "The code stands in the rows 2, 3. Keep one of them.")]
    assert "rows 4, 5" in said(session, batch, 5)[0][1]
    assert "rows 6, 8" in said(session, batch, 8)[0][1]
    assert said(session, batch, 9) == [("variant_of", "There is no component with the code A.")]
    confirmed(session, batch, clerk)
    assert facts_of(get_item(session, "H")).variant_of == "E"


def test_what_the_catalogue_knows_speaks_against_a_row_as_on_the_page_of_an_item(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    kind = a_kit_kind(session, code="KITX")
    rows = [
        an_item_row("NEW1", gtins="4870001234560"),
        an_item_row("NEW2", variant_of="KITX", variant="1"),
    ]
    confirmed(session, staged(session, tmp_path, [rows[0]], actor=clerk), clerk)
    changed = [
        an_item_row("NEW3", gtins="4870001234560"),
        rows[1],
        an_item_row("MILK25", pack_net="900", pack_unit="ml", pack_grams="930"),
        an_item_row(kind.code, kind="packed_kit", pack_net="2", pack_unit="pcs", pack_grams=""),
    ]
    batch = staged(session, tmp_path, changed, actor=clerk)
    assert set(states(session, batch).values()) == {"refused"}
    assert "is a trade number of the item NEW1" in said(session, batch, 2)[0][1]
    assert said(session, batch, 3) == [("variant_of", "There is no component with the code KITX.")]
    assert said(session, batch, 4)[0][0] == "pack_net"
    assert "counts on packs of 1000 ml" in said(session, batch, 4)[0][1]
    assert {column for column, _ in said(session, batch, 5)} >= {"pack_net", "name_kk"}
    for number, row in enumerate(changed, start=2):
        item = find_item(session, row["code"])
        read = read_item_row(row, row_of(item) if item else None)
        alone = [(column_of(fault), str(fault.message)) for fault in list_faults(session, read.facts, item)]
        assert said(session, batch, number) == alone


def test_a_file_may_have_few_columns_when_it_only_changes_items(session: Session, clerk: Actor, tmp_path: Path) -> None:
    header = ["code", "reference_price"]
    batch = staged(
        session, tmp_path, items_csv([an_item_row("MILK25", reference_price="400")], header=header), actor=clerk
    )
    assert counts(batch) == (0, 1, 0, 0)
    before = facts_of(get_item(session, "MILK25"))
    confirmed(session, batch, clerk)
    after = facts_of(get_item(session, "MILK25"))
    assert (after.reference_price_tiyn, after.name_kk, after.nutrients) == (40000, before.name_kk, before.nutrients)


def test_ux_53_errors_of_columns_come_before_those_of_rows_and_what_is_said_is_remembered(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    header = ["code", "Нечто", "name_ru", "name_en", "pack_net", "pack_unit", "Единица измерения"]
    line = "A;Тауар;Товар;Item;500;g;g"
    batch = staged(session, tmp_path, f"{';'.join(header)}\n{line}\n".encode(), actor=clerk)
    told = [str(fault) for fault in list_column_faults(session, batch)]
    assert len(told) == 2
    assert "«Name in Kazakh» is missing" in told[0]
    assert "«Unit of the pack» stands twice" in told[1]
    assert said(session, batch, 2) == []
    assert counts(batch) == (0, 0, 0, 0)
    with pytest.raises(ItemColumnsUnclear), session.begin_nested():
        confirmed(session, batch, clerk)
    session.refresh(batch)
    mapping = ["code", "name_kk", "name_ru", "name_en", "pack_net", "pack_unit", ""]
    match_columns(session, batch_id=batch.id, mapping=mapping, actor=clerk, at=AT)
    assert list_column_faults(session, batch) == []
    assert counts(batch) == (1, 0, 0, 0)
    other = staged(session, tmp_path, f"{';'.join(header)}\n{line}!\n".encode(), actor=clerk)
    assert other.mapping == mapping


@pytest.mark.parametrize(
    "header",
    [
        "Код;Наименование рус;Наименование каз;Наименование англ;Нетто;Ед. изм.",
        "Тауар коды;Орысша атауы;Қазақша атауы;Ағылшынша атауы;Таза салмағы;Өлшем бірлігі",
        "SKU;Russian name;Kazakh name;English name;Net content;Unit",
        "CODE;Name_RU;NAME-KK;name en;Pack net;pack unit",
    ],
)
def test_ux_53_headings_are_known_by_synonyms_in_three_languages(
    session: Session, clerk: Actor, tmp_path: Path, header: str
) -> None:
    batch = staged(session, tmp_path, f"{header}\nA;Товар;Тауар;Item;500;дана\n".encode(), actor=clerk)
    assert batch.mapping == ["code", "name_ru", "name_kk", "name_en", "pack_net", "pack_unit"]
    assert counts(batch) == (1, 0, 0, 0)


def test_ux_58_the_same_file_says_when_and_by_whom_until_it_is_discarded_or_undone(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    batch = staged(session, tmp_path, [an_item_row("A")], actor=clerk)
    with pytest.raises(ItemFileLoaded, match="already loaded") as refusal:
        staged(session, tmp_path, [an_item_row("A")], actor=clerk)
    assert refusal.value.batch_id == batch.id
    discard_item_batch(session, batch_id=batch.id, actor=clerk, at=AT)
    again = confirmed(session, staged(session, tmp_path, [an_item_row("A")], actor=clerk), clerk)
    with pytest.raises(ItemFileLoaded):
        staged(session, tmp_path, [an_item_row("A")], actor=clerk)
    undo_item_batch(session, batch_id=again.id, actor=clerk, at=AT)
    assert staged(session, tmp_path, [an_item_row("A", note="x")], actor=clerk).count_changed == 1


def test_ux_67_a_file_is_confirmed_or_discarded_once(session: Session, clerk: Actor, tmp_path: Path) -> None:
    batch = staged(session, tmp_path, [an_item_row("A")], actor=clerk)
    confirmed(session, batch, clerk)
    for step in (confirm_item_batch, discard_item_batch, check_item_batch):
        with pytest.raises(ItemBatchClosed):
            step(session, batch_id=batch.id, actor=clerk, at=AT)
    with pytest.raises(ItemBatchClosed):
        match_columns(session, batch_id=batch.id, mapping=[], actor=clerk, at=AT)


def test_ux_60_items_that_others_changed_since_are_told_and_looked_at_again(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    confirmed(session, staged(session, tmp_path, [an_item_row("A"), an_item_row("B")], actor=clerk), clerk)
    batch = staged(session, tmp_path, [an_item_row("A", note="file"), an_item_row("C")], actor=clerk)
    item = get_item(session, "A")
    changed = replace(facts_of(item), hs_code="0401")
    edit_item(session, item, changed, revision=item.revision, actor=clerk, at=AT)
    with pytest.raises(ItemsChangedSince, match="A"), session.begin_nested():
        confirmed(session, batch, clerk)
    session.refresh(batch)
    assert batch.status == "staged"
    assert check_item_batch(session, batch_id=batch.id, actor=clerk, at=AT).count_changed == 1
    confirmed(session, batch, clerk)
    assert get_item(session, "A").note == "file"
    assert get_item(session, "C").code == "C"


def test_the_bounds_of_a_file(session: Session, clerk: Actor, tmp_path: Path) -> None:
    many = b"code\n" + b"".join(b"C%d\n" % number for number in range(20_001))
    with pytest.raises(FileTooBig, match="more than 20"):
        staged(session, tmp_path, many, actor=clerk)
    with pytest.raises(FileTooBig, match="Row 2"):
        staged(session, tmp_path, items_csv([an_item_row("A", note="x" * 5_001)]), actor=clerk)
    with pytest.raises(FileEmpty):
        staged(session, tmp_path, items_csv([]), actor=clerk)
    with pytest.raises(NotTheTemplate, match="another table"):
        staged(session, tmp_path, b"code;toptama-registry-1\nA;\n", actor=clerk)
    with pytest.raises(NotTheTemplate, match="another version"):
        staged(session, tmp_path, b"code;toptama-items-99\nA;\n", actor=clerk)


def test_a_large_file_is_judged_in_few_statements(session: Session, clerk: Actor, tmp_path: Path) -> None:
    known = [an_item_row(f"C{number}", fat_g="1.5", nutrient_source="x") for number in range(300)]
    confirmed(session, staged(session, tmp_path, known[:50], actor=clerk), clerk)
    ran: list[str] = []

    def note(*arguments: object) -> None:
        ran.append(str(arguments[2]))

    event.listen(session.connection(), "before_cursor_execute", note)
    staged(
        session,
        tmp_path,
        [*known, *(an_item_row(f"D{number}", variant_of="C1", variant=str(number)) for number in range(300))],
        actor=clerk,
    )
    event.remove(session.connection(), "before_cursor_execute", note)
    assert len(ran) < 25, ran


@pytest.mark.parametrize("sign", ["=1+1", "+1", "@SUM(1)", "-2+3", "'=1", "＝1+1", '=HYPERLINK("http://x?"&A1)'])
def test_bad_08_what_would_run_is_kept_as_text(session: Session, clerk: Actor, tmp_path: Path, sign: str) -> None:
    stream = io.BytesIO()
    from core.tabular import write_csv  # noqa: PLC0415 - only here a file is written as we write it

    write_csv(stream, KEYS, [[an_item_row("A", note=sign, name_en=sign)[key] for key in KEYS]])
    confirmed(session, staged(session, tmp_path, stream.getvalue(), actor=clerk), clerk)
    assert (get_item(session, "A").note, get_item(session, "A").name_en) == (sign, sign)


def test_bad_43_texts_nobody_can_see_are_cleaned_before_they_are_compared(
    session: Session, clerk: Actor, tmp_path: Path
) -> None:
    plain = an_item_row("A", note="Абв г")
    confirmed(session, staged(session, tmp_path, [plain], actor=clerk), clerk)
    hidden = an_item_row("A", note="А\u202eб\u200bв\tг")
    batch = staged(
        session,
        tmp_path,
        [hidden, an_item_row("\u0410B"), an_item_row("B", note="İ\0ı" + "e" + "\u0301" * 4000)],
        actor=clerk,
    )
    assert states(session, batch) == {2: "same", 3: "refused", 4: "new"}
    confirmed(session, batch, clerk)
