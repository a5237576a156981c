"""The audit in the account: when it runs, what it is told, what it may do; and the marker of a deployment."""

import re

import pytest

from estate.hash import OWN_HASH
from estate.model import Estate
from estate.secrets import SECRET
from tests.components.single import NAMES, configured, declared, one

ROLE_POLICY = "iam/rolePolicy:RolePolicy"


@pytest.fixture(scope="module")
def estate() -> Estate:
    return declared("prod").estate


def test_it_reports_on_the_first_day_of_each_quarter_and_measures_every_day(estate: Estate) -> None:
    schedules = {s.properties["name"]: s.properties for s in estate.of_type("scheduler/schedule:Schedule")}
    report, metrics = schedules["author-drift-audit"], schedules["author-drift-metrics"]
    assert report["scheduleExpression"] == "cron(0 6 1 1,4,7,10 ? *)"
    assert report["target"]["input"] == {"mode": "report"}
    assert re.fullmatch(r"cron\(\d+ \d+ \* \* \? \*\)", metrics["scheduleExpression"])
    assert metrics["target"]["input"] == {"mode": "metrics"}
    assert {s["target"]["arn"] for s in (report, metrics)} == {NAMES.function_arn("author-drift-audit")}


def test_it_is_told_which_estate_and_the_estate_is_stored_under_that_name(estate: Estate) -> None:
    function = one(estate, "lambda/function:Function", "author-drift-audit").properties
    stored = one(estate, "s3/bucketObjectv2:BucketObjectv2").properties
    told = function["environment"]["variables"]
    assert stored["key"] == f"estates/{told['ESTATE_SHA256']}.json"
    assert stored["bucket"] == told["EVIDENCE_BUCKET"] == "author-evidence-prod"
    assert stored["checksumAlgorithm"], "a locked bucket takes nothing without a checksum"
    assert told["ESTATE_SHA256"] == OWN_HASH


def test_it_writes_reports_and_one_message_and_nothing_else(estate: Estate) -> None:
    statements = one(estate, ROLE_POLICY, "author-drift-audit-role-policy").properties["policy"]["Statement"]
    writing = {
        (action, resource)
        for s in statements
        for action in s["Action"]
        for resource in s["Resource"]
        if not action.split(":")[1].startswith(("Get", "List", "Describe"))
    }
    assert writing == {
        ("s3:PutObject", "arn:aws:s3:::author-evidence-prod/audit/*"),
        ("kms:Decrypt", NAMES.any_key),
        ("kms:GenerateDataKey", NAMES.any_key),
        ("sns:Publish", NAMES.topic_arn("author-retention")),
        ("sqs:SendMessage", NAMES.queue_arn("author-drift-audit-dead-letters")),
        ("logs:CreateLogStream", f"{NAMES.log_group_arn('/aws/lambda/author-drift-audit')}:*"),
        ("logs:PutLogEvents", f"{NAMES.log_group_arn('/aws/lambda/author-drift-audit')}:*"),
    }


def test_it_uses_the_two_keys_by_alias_and_buckets_of_this_account_only(estate: Estate) -> None:
    statements = one(estate, ROLE_POLICY, "author-drift-audit-role-policy").properties["policy"]["Statement"]
    keys = [s["Condition"] for s in statements if "kms:Decrypt" in s["Action"]]
    aliases = [c["ForAnyValue:StringEquals"]["kms:ResourceAliases"] for c in keys]
    assert sorted(aliases) == [["alias/author-evidence"], ["alias/author-notifications"]]
    buckets = [s for s in statements if any(":s3:::author" in r for r in s["Resource"])]
    assert len(buckets) >= 4
    assert all(s["Condition"] == {"StringEquals": {"aws:ResourceAccount": NAMES.account}} for s in buckets)


def test_both_markers_say_what_is_deployed(estate: Estate) -> None:
    values = {
        r.properties["name"]: r.properties["value"]
        for r in estate.of_type("ssm/parameter:Parameter")
        if r.properties["name"].startswith("/author/deployment/")
    }
    assert values == {"/author/deployment/opened": OWN_HASH, "/author/deployment/closed": OWN_HASH}


@pytest.mark.slow
def test_each_configured_endpoint_has_a_digest_whose_value_is_published_nowhere() -> None:
    def digests(estate: Estate) -> dict[str, object]:
        parameters = [r.properties for r in estate.of_type("ssm/parameter:Parameter")]
        return {p["name"]: p["value"] for p in parameters if "endpoint-digest" in p["name"]}

    assert digests(declared("prod").estate) == {}
    assert digests(configured("prod").estate) == {
        f"/author/notifications/author-{service}/endpoint-digest": SECRET
        for service in ("api", "detector", "retention")
    }
