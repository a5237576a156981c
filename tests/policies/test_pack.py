"""The policy pack as the engine drives it: resources one by one, then the whole stack."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
import yaml
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    StackValidationArgs,
    StackValidationPolicy,
    proxy,
)

from estate.model import UNKNOWN, Estate, Unknown
from estate.paths import mapped
from policies.pack.reader import resource
from policies.pack.suite import policies
from policies.pack.waivers import SCHEMA, waivers
from policies.rules.all import THEMES
from tests.policies.declared import ROOT, chain, declared, edited, without

pytestmark = pytest.mark.process

LIFECYCLE = "s3/bucketLifecycleConfiguration"
OPTIONS = PolicyResourceOptions(
    protect=True,
    ignore_changes=[],
    delete_before_replace=None,
    aliases=[],
    custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
    additional_secret_outputs=[],
    parent="urn:pulumi:prod::author-storage::author:storage:Exports::author-exports",
)


def marked(properties: Mapping[str, Any]) -> Any:
    """As the engine shows them: unknown values as the library's marks."""
    return mapped(properties, lambda value: proxy.UNKNOWN_STRING_VALUE if isinstance(value, Unknown) else value)


def shown(estate: Estate) -> list[ResourceValidationArgs]:
    return [
        ResourceValidationArgs(
            r.type,
            proxy.unknown_checking_proxy(marked(r.properties)),
            f"urn:pulumi:{estate.stack}::author-storage::{r.type}::{r.name}",
            r.name,
            OPTIONS,
            None,
        )
        for r in estate.resources
        if r.type.startswith("aws:")
    ]


def run(estate: Estate, config: Mapping[str, Any] | None = None, root: Path = ROOT) -> dict[str, list[str]]:
    """Drives all policies over an estate and returns what each one reports, without what reports nothing."""
    told: dict[str, list[str]] = {}
    args = shown(estate)
    whole = [PolicyResource(a.resource_type, a.props, a.urn, a.name, OPTIONS, None, None, [], {}) for a in args]
    for policy in policies(root):
        report, validate = reporter(told, policy), cast("Any", policy).validate
        if isinstance(policy, StackValidationPolicy):
            validate(StackValidationArgs(whole, (config or {}).get(policy.name)), report)
        else:
            for one in args:
                validate(one, report)
    return told


def reporter(told: dict[str, list[str]], policy: Policy) -> Callable[[str, str | None], None]:
    return lambda message, urn: told.setdefault(policy.name, []).append(f"{(urn or '').rsplit('::', 1)[-1]}: {message}")


(DAYS,) = chain("author-exports-*")
LONGER = edited(declared("prod"), LIFECYCLE, "author-exports-lifecycle", "rules.0.expiration.days", DAYS + 1)
SILENT = edited(declared("prod"), "cloudwatch/metricAlarm", "author-retention-silent", "alarmActions", None)


def waiver(**values: str) -> dict[str, Any]:
    last = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    row = {
        "rule": "alarm",
        "resource": "cloudwatch/metricAlarm author-retention-silent",
        "property": "alarmActions",
        "found": "(absent)",
        "reason": "PagerDuty moves.",
        "until": last,
    }
    return {"alarms": {"waivers": [row | values]}}


def test_what_is_declared_passes():
    assert run(declared("prod")) == {}


def test_a_violation_says_where_what_and_against_which_line():
    (message,) = run(LONGER)["lifecycle"]
    assert message.startswith(
        "author-exports-lifecycle: lifecycle: s3/bucketLifecycleConfiguration author-exports-lifecycle: "
        f"rules[exports-expire].expiration.days is {DAYS + 1}, expected {DAYS} (runbook line "
    )


def test_a_limit_of_aws_names_the_resource_that_the_engine_knows():
    told = run(edited(declared("prod"), "iam/role", "author-retention-role", "assumeRolePolicy", {"x": "y" * 2048}))
    assert any(m.startswith("author-retention-role: aws-limit-role-trust: iam/role author") for m in told["aws-limits"])


def test_every_policy_that_checks_is_mandatory():
    levels = {p.name: p.enforcement_level for p in policies(ROOT)}
    assert levels == {"waived": EnforcementLevel.ADVISORY} | dict.fromkeys(
        ("declared", *THEMES), EnforcementLevel.MANDATORY
    )


def test_an_unknown_value_is_a_violation_and_never_advice():
    estate = edited(declared("prod"), "s3/bucketPolicy", "author-exports-policy", "policy", UNKNOWN)
    told = run(estate)
    assert told["unknowns"] == [
        "author-exports-policy: unknown: s3/bucketPolicy author-exports-policy: policy is <unknown>, expected a value "
        "known in a preview. A check that meets an unknown value is skipped in the preview and fails only while "
        "deploying. Build names, ARNs and policies from configuration."
    ]


def test_a_key_that_does_not_exist_yet_may_be_unknown():
    path = "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId"
    kind = "s3/bucketServerSideEncryptionConfiguration"
    estate = edited(declared("prod"), kind, "author-exports-encryption", path, UNKNOWN)
    assert run(edited(estate, "sns/topic", "author-api", "kmsMasterKeyId", UNKNOWN)) == {}


def test_a_resource_that_is_gone_at_the_end_is_not_judged():
    told = run(without(declared("prod"), "s3/bucketPublicAccessBlock", "author-exports-public-access"))
    assert list(told) == ["buckets"]


def test_a_waiver_turns_a_violation_into_advice_that_stays_visible():
    told = run(SILENT, waiver())
    assert "alarms" not in told
    (message,) = told["waived"]
    assert "PagerDuty moves." in message
    assert "alarmActions is (absent)" in message


@pytest.mark.parametrize(
    "values",
    [{"found": "x"}, {"until": "2020-01-01"}, {"until": "2999-01-01"}, {"until": "soon"}, {"property": "okActions"}],
)
def test_a_waiver_that_does_not_fit_exactly_waives_nothing_and_is_told(values: dict[str, str]):
    told = run(SILENT, waiver(**values))["alarms"]
    assert len(told) == 2
    assert any("waives nothing" in message for message in told)


def test_what_loses_data_cannot_be_waived():
    row = {
        "rule": "lifecycle",
        "resource": f"{LIFECYCLE} author-exports-lifecycle",
        "property": "rules[exports-expire].expiration.days",
        "found": f"{DAYS + 1}",
    }
    config = {"lifecycle": {"waivers": [waiver()["alarms"]["waivers"][0] | row]}}
    assert len(run(LONGER, config)["lifecycle"]) == 2


def test_the_schema_names_what_a_waiver_reads():
    row = SCHEMA["waivers"]["items"]["properties"]
    (read,) = waivers({"waivers": [dict.fromkeys(row, "x")]})
    assert read.reason == "x"


def test_settings_that_cannot_be_read_are_a_violation(tmp_path: Path):
    (tmp_path / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": {}}))
    told = run(declared("prod"), root=tmp_path)
    assert set(told) == set(THEMES)
    assert told["lifecycle"] == [
        ": Pulumi.prod.yaml: author-storage:environment, author-storage:account, aws:region is missing; "
        "it says where the stack stands"
    ]


def test_reads_a_resource_as_the_graph_does():
    args = shown(declared("prod"))[0]
    args.props = proxy.unknown_checking_proxy(
        {"a": [proxy.UNKNOWN_OBJECT_VALUE, {"b": 1}], "code": pulumi.FileArchive("build/functions/cleanup.zip")}
    )
    read = resource(args)
    assert read.properties == {"a": [UNKNOWN, {"b": 1}], "code": "cleanup.zip"}
    assert (read.parent, read.protect) == ("author-exports", True)


AS_THE_RUNNER_DOES = """
import runpy, sys
import pulumi_policy
pulumi_policy.PolicyPack = lambda name, policies, level: print(name, len(policies))
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1] + "/__main__.py", run_name="__main__")
ours = {n: m.__file__ for n, m in sys.modules.items() if (getattr(m, "__file__", "") or "").startswith(sys.argv[2])}
print(all(n.startswith("policies.") for n in ours), len(set(ours.values())) == len(ours) > 20)
"""


def test_every_module_exists_once_from_any_working_directory(tmp_path: Path):
    command = [sys.executable, "-c", AS_THE_RUNNER_DOES, str(ROOT / "policies" / "pack"), str(ROOT / "policies")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == ([f"author-storage {len(THEMES) + 2}", "True True"], "")
