"""How the tests are run within the time they have: the longest files first, and no search for garbage in what stays.

Workers take whole files, in the order of collection (`--dist loadfile --no-loadscope-reorder`). A long file that comes
last keeps one worker busy while the others have gone home.
"""

import gc
import os
from collections import Counter

import pytest

SECONDS = {
    "tests/warehouses/test_model.py": 110,
    "tests/distribution/test_simulation.py": 90,
    "tests/browser/test_screens.py": 80,
    "tests/security/test_access.py": 50,
    "tests/core/test_lists.py": 45,
    "tests/security/test_forged_requests.py": 40,
    "tests/browser/test_counts.py": 40,
    "tests/browser/test_scan.py": 35,
    "tests/benchmarks/test_smoke.py": 12,
    "tests/catalog/test_api_promises.py": 30,
    "tests/logistics/test_requests_storm.py": 25,
    "tests/warehouses/test_storm_bank.py": 20,
    "tests/browser/test_offline_trouble.py": 30,
    "tests/browser/test_scan_page.py": 25,
    "tests/browser/test_versions.py": 20,
    "tests/browser/test_item_batches.py": 15,
    "tests/browser/test_keys.py": 15,
    "tests/browser/test_shift.py": 15,
    "tests/browser/test_sync.py": 15,
    "tests/browser/test_offline.py": 12,
    "tests/distribution/test_hand_over_storm.py": 15,
    "tests/logistics/test_many_lots.py": 15,
    "tests/security/test_headers.py": 15,
    "tests/app/test_operation.py": 15,
    "tests/app/test_demonstration.py": 12,
    "tests/catalog/test_version_life.py": 12,
    "tests/security/test_unknown_fields.py": 12,
}
"""Files whose few tests are long → how long, roughly. The others are as long as they have many tests."""

_SECONDS_OF_A_TEST = 0.07


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, where several workers share them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    files = {item: item.nodeid.split("::")[0] for item in items}
    tests = Counter(files.values())
    items.sort(key=lambda item: (-SECONDS.get(files[item], tests[files[item]] * _SECONDS_OF_A_TEST), files[item]))


def pytest_collection_finish() -> None:
    """Leave alone what was loaded: it stays to the end, and looking through it again and again finds nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
