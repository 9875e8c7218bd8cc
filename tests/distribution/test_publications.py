"""Publishing on both engines: files that recompute, come out again as they were, and please the public's checker."""

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.models import KitKind
from core.crypto import FieldKeys
from core.web.assets import STATIC
from distribution.errors import NotYourStep, StepTooEarly
from distribution.models import Allotment, Publication, Roster
from distribution.rules.merkle import MerkleRoot, draw_of
from distribution.services.allotments import allot
from distribution.services.announcements import announce
from distribution.services.approvals import approve_allotment
from distribution.services.drops import drop_allotments
from distribution.services.publications import publish, write_file
from distribution.services.rosters import freeze_roster
from tests.support.families import AKKOL, ARSHALY, AT, QUARTER, a_family, a_ministry, a_point, packed_kits
from tests.support.people import an_actor

TODDLER, PRESCHOOLER = date(2024, 5, 6), date(2022, 1, 2)
SEED = "Жеребе 04 17 23 31 38 45"
EXAMPLE = Path(__file__).parent / "rationing_example"
CHECKER = STATIC / "checker" / "check_quarter.py"
LATER = AT + timedelta(days=30)


def a_frozen_shortage(session: Session, keys: FieldKeys) -> Roster:
    """Freeze five toddlers and three older ones of two districts, for whom there are too few sets."""
    point = a_point(session)
    for _ in range(3):
        a_family(session, births=[TODDLER, PRESCHOOLER])
    for _ in range(2):
        a_family(session, births=[TODDLER], district_id=ARSHALY)
    for kit, packs in (("F13", 3), ("F36", 2), ("HYG", 6)):
        packed_kits(session, point, kit, packs)
    return freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)


def drawn(session: Session, roster: Roster) -> None:
    """Allot and approve, each by its own person."""
    actor = a_ministry(session)
    allot(session, roster=roster, seed=SEED, seed_source="", announced={}, actor=actor, at=LATER)
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=LATER)


def written(session: Session, publication: Publication, folder: Path) -> Mapping[str, bytes]:
    """Write the files of a publication and return them."""
    folder.mkdir(exist_ok=True)
    for name in publication.files:
        write_file(session, publication, name, folder / name)
    return {name: (folder / name).read_bytes() for name in publication.files}


def checked(folder: Path, *more: str) -> tuple[int, str]:
    """Run the public's checker as the public does: a plain Python, no packages."""
    command = [sys.executable, "-I", "-S", str(CHECKER), str(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_root_is_published_before_the_draw_and_the_draw_after_it(
    session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    roster, ministry = a_frozen_shortage(session, keys), a_ministry(session)
    with pytest.raises(StepTooEarly):
        publish(session, roster=roster, actor=ministry, at=AT)
    announce(session, roster=roster, seed_source="lottery of 1 October", announced={}, actor=ministry, at=AT)
    first = publish(session, roster=roster, actor=ministry, at=AT)
    files = written(session, first, tmp_path / "root")
    assert (first.number, first.stage, list(files)) == (1, "root", ["roster.csv", "cycle.json"])
    cycle = json.loads(files["cycle.json"])
    assert (cycle["seed"], cycle["seed_source"]) == (None, "lottery of 1 October")
    assert (cycle["supply"], cycle["need"]) == ({"F13": 3, "F36": 2, "HYG": 6}, {"F13": 5, "F36": 3, "HYG": 8})
    assert publish(session, roster=roster, actor=ministry, at=LATER) is first
    assert checked(tmp_path / "root", roster.merkle_root)[0] == 0
    drawn(session, roster)
    second = publish(session, roster=roster, actor=ministry, at=LATER)
    files = written(session, second, tmp_path / "draw")
    assert (second.number, second.stage) == (2, "draw")
    assert second.files["roster.csv"] == first.files["roster.csv"]
    assert second.ages == first.ages
    code, said = checked(tmp_path / "draw", roster.merkle_root)
    assert (code, "RIGHT: 16 lines" in said) == (0, True), said
    recomputed(files, roster)


def recomputed(files: Mapping[str, bytes], roster: Roster) -> None:
    """Compare root, draws and sums with what they must be, by the rules and not by the checker."""
    rows = list(csv.DictReader(files["roster.csv"].decode().splitlines()))
    root = MerkleRoot()
    root.add_all(
        [files_line.replace(",", "|").encode() for files_line in files["roster.csv"].decode().splitlines()[1:]]
    )
    assert root.hex() == roster.merkle_root
    draws = list(csv.DictReader(files["draw.csv"].decode().splitlines()))
    assert len(draws) == len(rows) == 16
    assert all(row["draw"] == draw_of(SEED, row["pseudonym"], row["kit"]) for row in draws)
    for kit, supply in (("F13", 3), ("F36", 2), ("HYG", 6)):
        assert sum(row["granted"] == "1" for row in draws if row["kit"] == kit) == supply
    assert draws == sorted(draws, key=lambda row: (row["kit"], row["kato"], row["draw"]))
    for name, told in files.items():
        assert b"\r" not in told, name
        assert told.endswith(b"\n"), name


def test_a_publication_comes_out_as_it_was_told(session: Session, keys: FieldKeys, tmp_path: Path) -> None:
    roster, ministry = a_frozen_shortage(session, keys), a_ministry(session)
    announce(session, roster=roster, seed_source="lottery", announced={}, actor=ministry, at=AT)
    drawn(session, roster)
    publication = publish(session, roster=roster, actor=ministry, at=LATER)
    for name, body in written(session, publication, tmp_path).items():
        told = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
        assert publication.files[name] == told


def test_who_drops_out_is_told_by_a_further_publication_and_the_older_one_stays(
    session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    roster, ministry = a_frozen_shortage(session, keys), a_ministry(session)
    announce(session, roster=roster, seed_source="lottery", announced={}, actor=ministry, at=AT)
    drawn(session, roster)
    first = publish(session, roster=roster, actor=ministry, at=LATER)
    before = dict(written(session, first, tmp_path / "before"))
    leaving = session.scalars(
        select(Allotment)
        .join(KitKind, KitKind.id == Allotment.kit_kind_id)
        .where(KitKind.code == "F13", Allotment.district_id == AKKOL, Allotment.status == "granted")
        .limit(1)
    ).one()
    drop_allotments(session, allotment_ids=[leaving.id], reason="moved_away", note="", actor=ministry, at=LATER)
    second = publish(session, roster=roster, actor=ministry, at=LATER)
    after = written(session, second, tmp_path / "after")
    assert (second.number, second.files["roster.csv"]) == (2, first.files["roster.csv"])
    assert after["dropped.csv"].count(b"\n") == 2
    assert after["draw.csv"].count(b",1\n") == before["draw.csv"].count(b",1\n")
    assert checked(tmp_path / "after") == (0, checked(tmp_path / "after")[1])
    assert dict(written(session, first, tmp_path / "again")) == before
    assert checked(tmp_path / "again")[0] == 0


def test_sec_14_only_the_ministry_publishes(session: Session, keys: FieldKeys) -> None:
    roster = a_frozen_shortage(session, keys)
    district = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    with pytest.raises(NotYourStep):
        publish(session, roster=roster, actor=district, at=AT)


def test_the_command_writes_the_four_files(app: Flask, session: Session, keys: FieldKeys, tmp_path: Path) -> None:
    roster, actor = a_frozen_shortage(session, keys), a_ministry(session)
    allot(session, roster=roster, seed=SEED, seed_source="lottery", announced={}, actor=actor, at=AT)
    approve_allotment(session, roster=roster, actor=a_ministry(session), at=AT)
    session.commit()
    asked = ["distribution", "publish", str(QUARTER), "--out", str(tmp_path / "out"), "--actor", actor.login]
    for _ in range(2):
        answer = app.test_cli_runner().invoke(args=asked)
        assert answer.exit_code == 0, answer.output
        assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(
            ["cycle.json", "draw.csv", "dropped.csv", "roster.csv"]
        )
    assert checked(tmp_path / "out")[0] == 0


def test_the_checker_accepts_the_worked_example() -> None:
    assert checked(EXAMPLE)[0] == 0
