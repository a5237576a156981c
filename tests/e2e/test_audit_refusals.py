"""What the audit can't see it says it can't see; what goes wrong it tells in one line."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest

from audit.api import AbsentError, Account
from audit.model import Status
from audit.readers.all import KINDS
from audit.readers.s3 import BUCKETS
from audit.table import Call, Kind
from declared.complete import complete
from declared.program import declared_estate
from policies.runbook.reader import read_runbook
from tests.e2e.auditing import Auditor
from tests.e2e.estates import ROOT, Estate

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def auditor(local_stack: Estate) -> Iterator[Auditor]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", local_stack.endpoint)
        session = boto3.Session("local", "local", region_name="us-east-1")
        estate = complete(declared_estate("local"), ROOT)
        account = Account(session, estate.account, estate.region)
        yield Auditor(estate, read_runbook(ROOT / "docs" / "runbook.md"), account, session)


PRESENT = {resource.type for resource in declared_estate("local").resources}
USED: dict[Call, list[Kind]] = {}
for kind in KINDS:
    for call in sorted({*(a.call for a in kind.attributes if kind.type in PRESENT), *kind.discovered_by}, key=str):
        USED.setdefault(call, []).append(kind)


def refusing(auditor: Auditor, call: Call, code: str = "AccessDenied") -> Account:
    """An account that refuses one operation."""
    session = boto3.Session("local", "local", region_name="us-east-1")
    account = Account(session, auditor.estate.account, auditor.estate.region)
    client = cast("Any", account)._client(call.service)
    name = client.meta.method_to_api_mapping[call.operation]

    def refuse(**_: Any) -> tuple[Any, Any]:
        error = {"Code": code, "Message": "not authorized"}
        return SimpleNamespace(status_code=403), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 403}}

    client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}.{name}", refuse)
    return account


@pytest.mark.parametrize("call", USED, ids=lambda c: f"{c.service}:{c.operation}")
def test_a_refused_call_is_unreadable_and_never_in_sync(auditor: Auditor, call: Call) -> None:
    report = auditor.report("*", [*USED[call], KINDS[0]], account=refusing(auditor, call))
    unreadable = [f for f in report.findings if f.status is Status.UNREADABLE]
    assert unreadable
    assert all("AccessDenied" in f.found for f in unreadable)
    assert int(report.exit) & 1
    assert not report.complete
    assert any(call.permission in f.put_back for f in unreadable)
    assert not [f for f in report.findings if f.status in (Status.MISSING, Status.UNMANAGED)]
    assert report.incomplete_because


def test_a_bucket_deleted_while_the_audit_runs_is_missing(auditor: Auditor) -> None:
    kinds = [k for k in KINDS if k.identity == ("bucket",)]
    account, bucket = auditor.account.fresh(), "author-inventory-local"
    asked: set[str] = set()
    ask = account.ask

    def vanish(service: str, operation: str, **parameters: Any) -> Any:
        """The bucket is there for the first question, and for no other."""
        if parameters.get("Bucket") == bucket and asked:
            raise AbsentError("NoSuchBucket")
        if parameters.get("Bucket") == bucket:
            asked.add(operation)
        return ask(service, operation, **parameters)

    cast("Any", account).ask = vanish
    report = auditor.report(bucket, kinds, account=account)
    statuses = {(f.subject.type, f.status) for f in report.findings if not f.rule}
    assert (BUCKETS, Status.MISSING) in statuses
    assert {status for _, status in statuses} == {Status.MISSING}
    assert int(report.exit) == 2


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    command = (sys.executable, "-m", "audit", *arguments)
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


def here(estate: Estate) -> dict[str, str]:
    keys = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    return {**keys, "AWS_ENDPOINT_URL": estate.endpoint, "AWS_REGION": "us-east-1"}


def broken_waivers(folder: Path) -> tuple[str, ...]:
    path = folder / "waivers.yaml"
    path.write_text("- type: aws:s3/bucket:Bucket\n  colour: red\n")
    return "--waivers", str(path)


MISTAKES: list[tuple[str, Callable[[Path], tuple[str, ...]], str]] = [
    ("broken waivers", broken_waivers, r"waivers.yaml, entry 1: "),
    ("unknown stack", lambda _: ("--stack", "nowhere"), "nowhere"),
    ("unknown option", lambda _: ("--colour",), "unrecognized arguments: --colour; --help shows examples"),
    ("unknown format", lambda _: ("--format", "pdf"), "invalid choice: 'pdf'"),
    ("a scope of nothing", lambda _: ("--scope", "no-such-*"), "the scope no-such-* matches no resource"),
    ("another account", lambda _: ("--stack", "prod"), "the credentials belong to account 123456789012"),
    ("an unknown profile", lambda _: ("--profile", "nobody"), "no profile nobody"),
    ("a report that is none", lambda _: ("--since", "Makefile"), "Makefile"),
]


@pytest.mark.parametrize(("name", "arguments", "said"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_told_in_one_line_and_ends_with_1(
    local_stack: Estate, tmp_path: Path, name: str, arguments: Callable[[Path], tuple[str, ...]], said: str
) -> None:
    done = run(*arguments(tmp_path), **here(local_stack))
    lines = [line for line in done.stderr.splitlines() if line.startswith("audit: ")]
    assert (done.returncode, len(lines)) == (1, 1), (name, done.stderr)
    assert said in lines[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_credentials_nothing_is_read(local_stack: Estate, tmp_path: Path) -> None:
    nowhere = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": str(tmp_path / "none"), "HOME": str(tmp_path)}
    done = run(AWS_ENDPOINT_URL=local_stack.endpoint, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"), **nowhere)
    assert done.returncode == 1
    assert done.stderr.startswith("audit: no usable credentials: Unable to locate credentials.")
    assert "Traceback" not in done.stderr


def test_a_scoped_audit_of_the_command_line_says_so(local_stack: Estate) -> None:
    done = run("--scope", "author-exports-local", **here(local_stack))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "author-exports-local" in done.stdout
