"""Pages of incidents: the queue, both evidences side by side, what a person found; a phone's file taken in."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.crypto import FieldKeys
from distribution.errors.incidents import IncidentResolved, IncidentUnknown, QueueFileRefused, ResolutionUnfit
from distribution.models import Device, DeviceEvent, Incident
from distribution.queries.exceptions import list_exceptions
from distribution.services.incidents import resolve_incident
from distribution.services.overdue_events import review_gaps, settle_overdue
from distribution.services.queue_files import read_queue, take_queue
from distribution.values.alerts import AlertKind
from distribution.values.events import Resolution
from tests.conftest import SignIn
from tests.support.client import hidden_fields
from tests.support.families import AKKOL, ARSHALY
from tests.support.offline import OfflineScene, a_rolled_back, an_offline_scene, open_incidents_of
from tests.support.vouchers import NOON, a_supervisor

DAY = timedelta(days=1)


@pytest.fixture
def there(session: Session, keys: FieldKeys) -> OfflineScene:
    return an_offline_scene(session, keys, families=2)


def a_double(session: Session, there: OfflineScene) -> Incident:
    first = there.phone.hand_over(there.scene.voucher.token)
    old = a_rolled_back(there.phone)
    second = old.hand_over(there.scene.voucher.token, sets=there.scene.sets(session), collector="other", note="Әжесі")
    there.told(session, [first])
    there.told(session, [second], phone=old)
    return open_incidents_of(session, "double")[0]


def test_rel_17_a_person_sees_both_hand_overs_and_says_what_it_was(
    session: Session, there: OfflineScene, sign_in: SignIn
) -> None:
    double = a_double(session, there)
    client = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, AKKOL)
    listed = client.get("/distribution/incidents").get_data(as_text=True)
    assert "Given twice" in listed
    assert "The device&#39;s chain splits" in listed
    shown = client.get(f"/distribution/incidents/{double.id}").get_data(as_text=True)
    assert shown.count("/distribution/hand-overs/") >= 2
    assert "Әжесі" in shown
    assert "given again" in shown
    address = f"/distribution/incidents/{double.id}/resolve"
    form = hidden_fields(client.get(address).get_data(as_text=True))
    refused = client.post(address, data={**form, "note": "Brought back today"})
    assert "Choose what it was." in refused.get_data(as_text=True)
    form = hidden_fields(refused.get_data(as_text=True))
    done = client.post(address, data={**form, "resolution": "returned", "note": "Brought back today"})
    assert done.status_code == 303
    session.expire_all()
    assert (double.status, double.resolution, double.note) == ("resolved", "returned", "Brought back today")
    assert "Brought back today" in client.get(f"/distribution/incidents/{double.id}").get_data(as_text=True)
    assert client.get("/distribution/incidents?status=resolved&format=csv").status_code == 200
    home = client.get("/").get_data(as_text=True)
    assert "1 incident waits for you." in home


def test_what_falls_under_a_resolved_incident_opens_it_again(session: Session, there: OfflineScene) -> None:
    double, supervisor = a_double(session, there), a_supervisor(session)
    resolved = resolve_incident(
        session, double.id, resolution=Resolution.MISTAKE, note="Seen", actor=supervisor, at=there.at
    )
    with pytest.raises(IncidentResolved):
        resolve_incident(session, double.id, resolution=Resolution.MISTAKE, note="x", actor=supervisor, at=there.at)
    third = a_rolled_back(there.phone).hand_over(there.scene.voucher.token, sets=there.scene.sets(session))
    there.told(session, [third])
    session.refresh(resolved)
    assert (resolved.status, resolved.note, resolved.resolved_by_id) == ("open", "", None)
    trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "incident.reopened")).one()
    assert trail.detail["note"] == "Seen"
    with pytest.raises(ResolutionUnfit):
        resolve_incident(session, double.id, resolution=Resolution.COUNTED, note="x", actor=supervisor, at=there.at)
    with pytest.raises(IncidentUnknown):
        resolve_incident(
            session, double.id, resolution=Resolution.MISTAKE, note="x", actor=a_supervisor(session, ARSHALY), at=NOON
        )


def test_rel_16_what_waits_for_5_days_is_told_and_settled_when_the_rest_comes(
    session: Session, there: OfflineScene
) -> None:
    given = there.phone.hand_over(there.scene.voucher.token)
    undone = there.phone.undo(given)
    there.told(session, [undone])
    assert settle_overdue(session, at=there.at + 4 * DAY) == 0 == review_gaps(session, at=there.at + 4 * DAY)
    later = there.at + 6 * DAY
    assert (settle_overdue(session, at=later), review_gaps(session, at=later)) == (1, 1)
    assert len(open_incidents_of(session, "waits")) == len(open_incidents_of(session, "gap")) == 1
    assert there.told(session, [undone], at=later) == [("repeated", "")]
    there.told(session, [given], at=later)
    assert review_gaps(session, at=later) == 0
    assert not open_incidents_of(session, "waits")
    assert not open_incidents_of(session, "gap")
    held = session.get_one(DeviceEvent, undone.id, populate_existing=True)
    assert (held.result, held.is_out_of_order) == ("accepted", True)


def test_a_device_with_a_lease_that_sends_nothing_for_72_hours_is_an_exception(
    session: Session, there: OfflineScene
) -> None:
    def silent(days: int) -> list[object]:
        found = list_exceptions(session, NOON + days * DAY)
        return [one.values["device"] for one in found if one.kind == AlertKind.SILENT_DEVICE]

    assert silent(2) == []
    assert silent(4) == [there.phone.code]
    there.told(session, [there.phone.hand_over(there.scene.voucher.token)], at=NOON + 3 * DAY)
    assert silent(4) == []


def test_a_file_that_a_phone_saved_is_taken_in_once(
    session: Session, there: OfflineScene, sign_in: SignIn, keys: FieldKeys
) -> None:
    there.phone.hand_over(there.scene.voucher.token)
    there.phone.hand_over(there.scene.vouchers[1].token)
    file = json.dumps({"toptama_queue": 1, "made": 0, "batches": [there.phone.batch(unsent=7)]}).encode()
    client = sign_in(Role.DISTRICT, ScopeKind.DISTRICT, AKKOL)
    address = "/distribution/incidents/queue"
    for words in ("Entered into the books", "Were there already"):
        form = hidden_fields(client.get(address).get_data(as_text=True))
        answer = client.post(address, data={**form, "file": (io.BytesIO(file), "toptama-4F2K.json")})
        assert answer.status_code == 200
        assert words in answer.get_data(as_text=True)
    assert session.get_one(Device, there.phone.device_id).unsent == 0
    assert len(session.scalars(select(DeviceEvent)).all()) == 2
    form = hidden_fields(client.get(address).get_data(as_text=True))
    wrong = client.post(address, data={**form, "file": (io.BytesIO(b"{}"), "x.json")})
    assert "This is not a file that a phone saved." in wrong.get_data(as_text=True)
    for broken in (b"\xff", b"[]", b'{"toptama_queue":1}', b'{"toptama_queue":1,"batches":[{"device":1}]}', file[:-3]):
        with pytest.raises(QueueFileRefused):
            read_queue(broken)
    again = take_queue(session, read_queue(file), keys=keys, actor=a_supervisor(session), at=there.at)
    assert again == {"repeated": 2}
