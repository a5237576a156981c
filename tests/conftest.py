"""Property tests do not look at the clock, which means nothing on a busy machine.

How the slow tests spread over workers: `pytest -n 4 --dist loadscope tests/e2e tests/local`.

What many tests share (an estate, an account, a bridge) is made once, by the one worker that runs them all.
"""

import gc
import os
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local.loopback import past_proxies

gc.disable()  # until everything is imported, see pytest_collection_finish

os.environ.update(past_proxies(os.environ))
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", settings.get_profile("unhurried"), max_examples=20_000)
settings.load_profile("unhurried")

SHARED = (
    # tests, and what they share; the first that fits counts, and any other file shares what it makes itself
    ("tests/e2e/test_audit_*", "the estate that is audited"),
    ("tests/e2e/test_recovery.py::*interrupted*", "interrupted"),
    ("tests/e2e/test_recovery.py::*outlives*", "interrupted"),
    ("tests/e2e/test_recovery.py::*", "killed"),
    ("tests/e2e/test_checkouts.py::*two_checkouts*", "two checkouts"),
    ("tests/e2e/test_checkouts.py::*", "small estates"),
    ("tests/e2e/test_policy_pack.py::*", "the edited program"),
    ("tests/e2e/*", "the estate"),
    ("tests/local/bridge/test_bridge_process.py::*", "bridges that end"),
    ("tests/local/bridge/test_bridge_table.py::*", "the provider's schemas"),
    ("tests/local/bridge/*", "the bridge"),
    ("tests/local/account/test_account_daemon.py::*", "accounts that end"),
    ("tests/local/account/*", "the account"),
    ("tests/local/clock/*", "the clock's account"),
    ("tests/components/*", "the stacks"),
    ("tests/declared/*", "the stacks"),
    ("tests/policies/*", "the stacks"),
    ("tests/dashboards/*", "the stacks"),
    ("tests/scripts/policy/*", "the stacks"),
    ("tests/scripts/storage/test_timeline.py::*", "the stacks"),
    ("tests/functions/test_drift_audit.py::*", "the stacks"),
    ("tests/audit/test_overdue.py::*", "the stacks"),
    ("tests/audit/test_document.py::*", "the stacks"),
    ("tests/audit/test_audit_rules.py::*", "the stacks"),
    ("tests/audit/test_secrets.py::*", "the stacks"),
    ("tests/test_readme.py::*", "the stacks"),
)


class BySharing(LoadScopeScheduling):
    """Sends tests that share something to the same worker."""

    def _split_scope(self, nodeid: str) -> str:
        return next((shared for tests, shared in SHARED if fnmatch(nodeid, tests)), nodeid.split("::", maxsplit=1)[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BySharing | None:
    return BySharing(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="try all of what a sample is drawn from otherwise")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves a file unread where `-m "not (…)"` leaves out every test of it: importing them all takes seconds."""
    left_out = re.fullmatch(r"not \((\w+(?: or \w+)*)\)", str(config.getoption("markexpr")))
    if not left_out or not fnmatch(collection_path.name, "test_*.py"):
        return None
    marked = re.search(r"^pytestmark = pytest\.mark\.(\w+)$", collection_path.read_text(encoding="utf-8"), re.MULTILINE)
    return bool(marked and marked[1] in left_out[1].split(" or ")) or None


def pytest_collection_finish() -> None:
    """Never looks for garbage in what was imported: it all stays, and a look takes a third of a second."""
    gc.freeze()
    gc.enable()
