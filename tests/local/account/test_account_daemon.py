import json
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest

from local.account import daemon
from local.account import record as records
from local.account.daemon import Account, AccountError, ensure, reset, status, stop
from local.account.server import OWNER_VARIABLE
from tests.local.account.conftest import Aws

pytestmark = pytest.mark.account
LIMIT = 60.0


def _buckets(account: Account) -> list[str]:
    return [bucket.get("Name", "") for bucket in Aws(account.endpoint).s3.list_buckets()["Buckets"]]


def test_an_account_starts_is_found_again_and_stops(tmp_path: Path) -> None:
    first = ensure(tmp_path)
    try:
        assert first.fresh
        again = ensure(tmp_path)
        assert (again.pid, again.endpoint, again.fresh) == (first.pid, first.endpoint, False)
        assert os.getsid(first.pid) == first.pid, "it has a session of its own, so the driver's end is not its end"
    finally:
        assert stop(tmp_path)
    assert not psutil.pid_exists(first.pid)
    assert status(tmp_path) is None
    assert not stop(tmp_path)


def test_a_killed_account_is_replaced_and_the_loss_is_told(tmp_path: Path) -> None:
    first = ensure(tmp_path)
    os.kill(first.pid, signal.SIGKILL)
    try:
        second = ensure(tmp_path)
        assert second.fresh
        assert second.pid != first.pid
        assert _buckets(second) == []
    finally:
        stop(tmp_path)


def test_two_checkouts_have_accounts_of_their_own(tmp_path: Path) -> None:
    one, two = ensure(tmp_path / "one"), ensure(tmp_path / "two")
    try:
        assert one.endpoint != two.endpoint
        assert stop(tmp_path / "one")
        assert status(tmp_path / "two") == two.__class__(two.endpoint, two.region, two.account_id, two.pid, fresh=False)
    finally:
        stop(tmp_path / "one")
        stop(tmp_path / "two")


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AccountError, match=rf"Port {port} on 127\.0\.0\.1 is taken"):
            ensure(tmp_path, port)
    assert status(tmp_path) is None


def test_a_recycled_pid_is_neither_trusted_nor_stopped(tmp_path: Path) -> None:
    me = psutil.Process()
    records.write(tmp_path, records.Record("http://127.0.0.1:9", "us-east-1", "1" * 12, me.pid, me.create_time() - 60))
    assert status(tmp_path) is None
    assert not stop(tmp_path)
    assert me.is_running()


def test_an_account_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = ensure(tmp_path)
    monkeypatch.setattr(daemon, "HEALTH_SECONDS", 0.5)
    os.kill(running.pid, signal.SIGSTOP)
    try:
        with pytest.raises(AccountError, match=f"process {running.pid}.*does not answer"):
            status(tmp_path)
    finally:
        os.kill(running.pid, signal.SIGCONT)
        stop(tmp_path)


def test_a_record_that_is_none_counts_as_none(tmp_path: Path) -> None:
    records.path(tmp_path).write_text(json.dumps({"pid": 1}))
    assert status(tmp_path) is None


def test_reset_empties_the_account(tmp_path: Path) -> None:
    account = ensure(tmp_path)
    try:
        Aws(account.endpoint).s3.create_bucket(Bucket="here-today")
        assert _buckets(account) == ["here-today"]
        reset(account)
        assert _buckets(account) == []
    finally:
        stop(tmp_path)


def test_a_server_whose_folder_is_gone_ends(tmp_path: Path) -> None:
    account = ensure(tmp_path / "state")
    process = psutil.Process(account.pid)
    shutil.rmtree(tmp_path / "state")
    process.wait(LIMIT)
    assert not process.is_running()


def test_a_server_ends_with_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = subprocess.Popen(["sleep", "600"])
    monkeypatch.setenv(OWNER_VARIABLE, str(owner.pid))
    account = psutil.Process(ensure(tmp_path).pid)
    assert account.is_running()
    owner.kill()
    owner.wait()
    account.wait(LIMIT)


def test_the_server_forgets_its_record_when_it_is_told_to_end(tmp_path: Path) -> None:
    account = ensure(tmp_path)
    os.kill(account.pid, signal.SIGTERM)
    psutil.Process(account.pid).wait(LIMIT)
    assert records.read(tmp_path) is None
