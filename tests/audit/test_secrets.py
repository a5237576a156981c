"""A PagerDuty endpoint is compared by keyed hash, and found in nothing that the audit writes.

moto is the account here; it keeps whatever endpoint it is given.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from audit.api import Account
from audit.model import Report
from audit.readers.all import KINDS
from audit.reports.formats import FORMATS, render
from audit.run import Request, audit
from declared.program import declared_estate
from estate.model import Estate, estate
from estate.secrets import endpoint_digest, shown
from policies.runbook.reader import read_runbook

ROOT = Path(__file__).resolve().parents[2]
CANARY = "https://events.pagerduty.example/integration/canary0123456789abcdef0123456789/enqueue"
OTHER = "https://collect.example/canary-of-somebody-else"
TOPIC = "arn:aws:sns:us-east-1:123456789012:author-api"
PARAMETER = "/author/notifications/author-api/endpoint-digest"
SHOWN = ("aws:sns/topicSubscription:TopicSubscription", "aws:ssm/parameter:Parameter")


@pytest.fixture(scope="module")
def configured() -> Estate:
    """What is declared where an endpoint is configured, as the program says it without the engine."""
    return declared_estate("local", {"author-storage:pagerdutyApi": CANARY})


@pytest.fixture
def aws() -> Iterator[Any]:
    with mock_aws():
        yield cast("Any", boto3.Session("test", "test", region_name="us-east-1"))


def subscribed(aws: Any, endpoint: str, digest: str | None) -> None:
    sns = aws.client("sns")
    sns.create_topic(Name="author-api")
    sns.subscribe(TopicArn=TOPIC, Protocol="https", Endpoint=endpoint)
    if digest:
        aws.client("ssm").put_parameter(Name=PARAMETER, Value=digest, Type="String")


def audited(aws: Any, declared: Estate) -> Report:
    kinds = tuple(k for k in KINDS if k.type in SHOWN)
    kept = [r for r in declared.resources if r.name in ("author-api-pagerduty", "author-api-endpoint-digest")]
    small = estate("local", "local", declared.account, declared.region, kept)
    request = Request(small, read_runbook(ROOT / "docs" / "runbook.md"), "a commit", scope="*", kinds=kinds)
    account = Account(aws, declared.account, declared.region)
    return audit(account, request, lambda _, __: None, today=date(2026, 11, 24), caller="nobody")


def endpoints(report: Report) -> list[tuple[str, str]]:
    return [(str(f.status), f.found) for f in report.findings if f.subject.property == "endpoint"]


@pytest.mark.slow
def test_the_deployed_endpoint_is_in_sync(aws: Any, configured: Estate) -> None:
    subscribed(aws, CANARY, endpoint_digest(TOPIC, CANARY))
    assert endpoints(audited(aws, configured)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("endpoint", "digest"),
    [(OTHER, endpoint_digest(TOPIC, CANARY)), (CANARY, endpoint_digest(TOPIC, OTHER)), (OTHER, None)],
    ids=["another endpoint", "another digest", "no digest"],
)
def test_another_endpoint_or_digest_is_found_and_shows_scheme_and_host_alone(
    aws: Any, configured: Estate, endpoint: str, digest: str | None
) -> None:
    subscribed(aws, endpoint, digest)
    report = audited(aws, configured)
    ((status, found),) = endpoints(report)
    assert status == "changed"
    assert found.startswith(f'"{shown(endpoint)} (')
    for form in FORMATS:
        text = render(report, form, {})
        assert "canary" not in text, form


@pytest.mark.slow
def test_no_estate_file_holds_the_endpoint(configured: Estate) -> None:
    text = configured.to_json()
    assert "author-api-pagerduty" in text
    assert "canary" not in text
    assert endpoint_digest(TOPIC, CANARY) not in text


def test_what_is_no_address_is_shown_as_it_is() -> None:
    assert shown("arn:aws:sqs:us-east-1:123456789012:queue") == "arn:aws:sqs:us-east-1:123456789012:queue"
    assert shown("https://user:password@host.example:8443/path?key=1") == "https://host.example"
