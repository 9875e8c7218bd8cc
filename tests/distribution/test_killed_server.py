"""The whole server dies while sets are handed over, and answers get lost: no set is lost and none given twice."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from accounts.services import make_token
from accounts.values import TokenScope
from app.factory import create_app
from config import Settings
from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from distribution.models import HandOver, HandOverLine, Voucher
from tests.support.dying_server import dying_server
from tests.support.vouchers import Scene, a_scene_of_today
from warehouses.queries import list_wrong_balances

pytestmark = pytest.mark.storm

_CLIENTS = 4
_PATIENCE = 5.0


@dataclass
class Program:
    """A scanner that keeps each hand-over under its key until it has the answer."""

    port: int
    token: str
    wishes: list[Mapping[str, object]]
    acknowledged: list[str] = field(default_factory=list)
    tries: int = 0

    def work(self) -> None:
        """Hand everything over, each set as often as it takes."""
        for wish in self.wishes:
            key = str(uuid.uuid4())
            while not self._try(wish, key):
                time.sleep(0.01)

    def _try(self, wish: Mapping[str, object], key: str) -> bool:
        self.tries += 1
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Host": "localhost",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.request("POST", "/api/v1/handovers", json.dumps(wish).encode(), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        if answer.status == 201:
            self.acknowledged.append(told["id"])
        assert answer.status in {201, 429, 500, 503}, told
        return answer.status == 201


@pytest.mark.parametrize(
    ("lives", "families", "lost"),
    [
        (4, 12, 0.2),
        pytest.param(1_000, 2_000, 0.0, marks=pytest.mark.soak),
        pytest.param(0, 2_000, 0.2, marks=pytest.mark.soak),
    ],
)
def test_rel_01_rel_06_a_killed_server_and_lost_answers_lose_nothing_and_give_nothing_twice(
    fresh_database: Database, keys: FieldKeys, settings: Settings, lives: int, families: int, lost: float
) -> None:
    with fresh_database.writing() as session:
        scene = a_scene_of_today(session, keys, families=families, stock=families * 2)
        wishes = [
            _wish(scene, voucher, number) for voucher in scene.vouchers for number in scene.sets(session, voucher)
        ]
        tokens = [
            make_token(session, name=f"Scanner {n}", scope=TokenScope.WRITE, days=1, actor=scene.operator, at=now())
            for n in range(_CLIENTS)
        ]
    flask = create_app(settings, fresh_database)
    fresh_database.dispose()
    with dying_server(flask, lives=lives, seconds=(0.1, 0.5), lost=lost) as port:
        programs = [Program(port, token, wishes[number::_CLIENTS]) for number, token in enumerate(tokens)]
        threads = [threading.Thread(target=program.work) for program in programs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    acknowledged = [one for program in programs for one in program.acknowledged]
    with fresh_database.reading() as session:
        kept = {str(one) for one in session.scalars(select(HandOver.id))}
        assert len(set(acknowledged)) == len(acknowledged) == families * 4
        assert kept == set(acknowledged)
        counting = select(func.count()).select_from(HandOverLine).where(HandOverLine.reversed_at.is_(None))
        assert session.scalar(counting) == families * 4
        assert not list_wrong_balances(session)
    assert sum(program.tries for program in programs) > families * 4


def _wish(scene: Scene, voucher: Voucher, number: int) -> Mapping[str, object]:
    return {
        "point": scene.point.code,
        "text": voucher.token,
        "sets": [{"set": number}],
        "collector": "guardian",
        "device": "gate",
        "claimed_at": now().isoformat(),
    }
