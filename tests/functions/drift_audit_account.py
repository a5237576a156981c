"""The audit's function run against a mock account, where a small estate is declared: three inventories.

moto is the account here; it grants everything: permissions are proved by tests/e2e/test_drift_audit_deployed.py.
"""

import hashlib
import io
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from estate.model import Estate, estate
from functions.drift_audit.handler import handler
from semantics.alarms.evaluator import Metric
from tests.components.log_metrics import embedded

ACCOUNT = "123456789012"
REGION = "us-east-1"
INVENTORY_HOURS = 30


@dataclass(frozen=True)
class Deployed:
    """An account with the function's surroundings.

    Attributes:
        declared: the small estate.
        evidence: name of the evidence bucket.
        patch: of the environment, to spoil it.
    """

    declared: Estate
    evidence: str
    patch: pytest.MonkeyPatch

    def aws(self, service: str) -> Any:
        """A client of the account."""
        return cast("Any", boto3).client(service)

    def run(self, mode: str) -> tuple[dict[str, Any], list[str]]:
        """Runs the function; returns its answer and its log."""
        log = io.StringIO()
        with redirect_stdout(log):
            answer = handler({"mode": mode}, None)
        return answer, log.getvalue().splitlines()

    def failing(self, event: Mapping[str, Any]) -> tuple[Exception, list[str]]:
        """Runs the function, which must raise; returns what and its log."""
        log = io.StringIO()
        with redirect_stdout(log), pytest.raises(Exception) as caught:  # noqa: PT011 - the caller looks at it
            handler(event, None)
        return caught.value, log.getvalue().splitlines()

    def keys(self, prefix: str) -> list[str]:
        """Keys in the evidence bucket."""
        return [
            o["Key"] for o in self.aws("s3").list_objects_v2(Bucket=self.evidence, Prefix=prefix).get("Contents", [])
        ]

    def read(self, key: str) -> str:
        """An object of the evidence bucket."""
        return self.aws("s3").get_object(Bucket=self.evidence, Key=key)["Body"].read().decode()


def values(lines: list[str]) -> dict[Metric, float]:
    """The metrics in a log."""
    return dict(point for line in lines for point in embedded(line))


@contextmanager
def deployed(declared: Estate) -> Generator[Deployed]:
    """Makes what the function finds in the account, out of what a stack declares for it."""
    (function,) = (
        r for r in declared.of_type("lambda/function:Function") if r.properties["name"] == "author-drift-audit"
    )
    environment = cast("dict[str, str]", function.properties["environment"]["variables"])
    inventories = list(declared.of_type("s3/inventory:Inventory"))
    small = estate(declared.stack, declared.environment, ACCOUNT, REGION, inventories)
    text = small.to_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()  # noqa: S310
    surroundings = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "ACCOUNT": ACCOUNT,
        "ESTATE_SHA256": digest,
        "TOPIC_ARN": environment["TOPIC_ARN"].replace(declared.account, ACCOUNT),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (environment | surroundings).items():
            patch.setenv(name, value)
        account = Deployed(small, environment["EVIDENCE_BUCKET"], patch)
        try:
            _furnish(account, digest, text, inventories[0].properties["destination"]["bucket"]["bucketArn"])
            yield account
        finally:
            server.stop()


def _furnish(account: Deployed, digest: str, text: str, inventory_arn: str) -> None:
    s3, inventory = account.aws("s3"), inventory_arn.rpartition(":")[2]
    for bucket in (account.evidence, inventory):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=account.evidence, Key=f"estates/{digest}.json", Body=text.encode())
    account.aws("sns").create_topic(Name="author-retention")
    made = datetime.now(UTC) - timedelta(hours=INVENTORY_HOURS)
    for resource in account.declared.of_type("s3/inventory:Inventory"):
        folder = f"{resource.properties['bucket']}/{resource.properties['name']}"
        for day, name in ((made, "manifest.json"), (made - timedelta(days=7), "manifest.json")):
            s3.put_object(Bucket=inventory, Key=f"{folder}/{day:%Y-%m-%dT%H-%MZ}/{name}", Body=json.dumps({}).encode())
        s3.put_object(Bucket=inventory, Key=f"{folder}/data/part.parquet", Body=b"")
        # Its manifest is still to come: not an inventory yet.
        s3.put_object(Bucket=inventory, Key=f"{folder}/{datetime.now(UTC):%Y-%m-%dT%H-%MZ}/symlink.txt", Body=b"")
