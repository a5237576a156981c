"""Each rule is tripped by one careless edit of what the program declares, and says where and against which line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from declared.settings_files import with_settings
from estate.model import UNKNOWN, Estate, Resource
from estate.paths import spelled
from policies.comparison import Comparison
from policies.limits.all import LIMITS
from policies.rules.all import RULES, THEMES, check, judge
from policies.rules.aws_lifecycle import LIFECYCLE_RULES
from policies.rules.unknowns import unknown_paths
from policies.runbook.claims import (
    KINDS,
    AlarmClaim,
    BucketClaim,
    Claim,
    InventoryClaim,
    LeftoverClaim,
    LifecycleClaim,
    ParameterClaim,
    ScheduleClaim,
    SettingClaim,
    WindowClaim,
)
from policies.runbook.reader import Runbook
from tests.components.single import kept_a_day_longer
from tests.policies.declared import ROOT, STACKS, chain, claim, declared, edited, plus, runbook, window, without

LIFECYCLE = "s3/bucketLifecycleConfiguration"
ALARM = "cloudwatch/metricAlarm"
WINDOW = window("prod")
(EXPORTS_DAYS,) = chain("author-exports-*")
COLDER, _ = chain("author-recordings-*")
ABANDONED = claim(LeftoverClaim, "author-temporary-uploads*").upload_days
STALE = claim(AlarmClaim, "author-retention-stale-objects in every").threshold.value
RESTORED = claim(SettingClaim, "scripts/storage/restore.py RESTORE_DAYS").value
REPLICAS = claim(ParameterClaim, "/author/workers/REPLICAS_WHEN_SATURATED").value or ""


@dataclass(frozen=True)
class Trip:
    """One edit of prod and the finding it must cause."""

    rule: str
    edit: Callable[[Estate], Estate]
    resource: str
    property: str
    expected: str
    found: str
    claim: str | None


def sets(kind: str, name: str, path: str, value: object) -> Callable[[Estate], Estate]:
    return lambda estate: edited(estate, kind, name, path, value)


def drops(kind: str, name: str) -> Callable[[Estate], Estate]:
    return lambda estate: without(estate, kind, name)


def adds(resource: Resource) -> Callable[[Estate], Estate]:
    return lambda estate: plus(estate, resource)


TRIPS = (
    Trip(
        "lifecycle",
        sets(LIFECYCLE, "author-exports-lifecycle", "rules.0.expiration.days", EXPORTS_DAYS + 1),
        f"{LIFECYCLE} author-exports-lifecycle",
        "rules[exports-expire].expiration.days",
        str(EXPORTS_DAYS),
        str(EXPORTS_DAYS + 1),
        "lifecycle author-exports-*",
    ),
    Trip(
        "lifecycle",
        sets(LIFECYCLE, "author-recordings-lifecycle", "rules.0.transitions.0.storageClass", "GLACIER_IR"),
        f"{LIFECYCLE} author-recordings-lifecycle",
        "rules",
        f"a move to STANDARD_IA after {COLDER} days",
        "(absent)",
        "lifecycle author-recordings-*",
    ),
    Trip(
        "lifecycle",
        drops(LIFECYCLE, "author-access-logs-lifecycle"),
        "s3/bucket author-access-logs",
        "lifecycle",
        "a lifecycle configuration of author-access-logs-prod",
        "(absent)",
        "lifecycle author-access-logs-*",
    ),
    Trip(
        "lifecycle",
        adds(Resource("aws:s3/bucket:Bucket", "backups", {"bucket": "author-backups-prod"})),
        "s3/bucket backups",
        "bucket",
        "arrows in docs/runbook.md",
        "(absent)",
        None,
    ),
    Trip(
        "leftovers",
        sets(
            LIFECYCLE,
            "author-temporary-uploads-lifecycle",
            "rules.0.abortIncompleteMultipartUpload.daysAfterInitiation",
            ABANDONED + 1,
        ),
        f"{LIFECYCLE} author-temporary-uploads-lifecycle",
        "rules[temporary-uploads-backstop].abortIncompleteMultipartUpload.daysAfterInitiation",
        str(ABANDONED),
        str(ABANDONED + 1),
        "leftover author-temporary-uploads*",
    ),
    Trip(
        "bucket",
        sets("s3/bucketVersioning", "author-recordings-versioning", "versioningConfiguration.status", "Suspended"),
        "s3/bucketVersioning author-recordings-versioning",
        "versioningConfiguration.status",
        "Enabled",
        "Suspended",
        "bucket author-recordings-*",
    ),
    Trip(
        "bucket",
        sets("s3/bucket", "author-recordings", "objectLockEnabled", value=False),
        "s3/bucket author-recordings",
        "objectLockEnabled",
        "true",
        "false",
        "bucket author-recordings-*",
    ),
    Trip(
        "bucket",
        drops(ALARM, "author-exports-5xx"),
        "s3/bucket author-exports",
        "alarms.5xxErrors",
        "an alarm on 5xxErrors of author-exports-prod; components/alarm_table.py has one for each data bucket",
        "(absent)",
        "bucket author-exports-*",
    ),
    Trip(
        "data-bucket",
        drops("s3/bucket", "author-exports"),
        "s3/bucket author-exports-prod",
        "bucket",
        "a bucket, as in DATA_BUCKETS of estate/names.py: made by a component of components/ in __main__.py",
        "(absent)",
        None,
    ),
    Trip(
        "data-bucket",
        adds(Resource("aws:s3/bucket:Bucket", "backups", {"bucket": "author-exports-backups"})),
        "s3/bucket backups",
        "class",
        "a class of its own in DATA_BUCKETS of estate/names.py",
        "(absent)",
        None,
    ),
    Trip(
        "data-bucket",
        sets("cloudwatch/dashboard", "author-dashboard", "dashboardBody.widgets", []),
        "cloudwatch/dashboard author-dashboard",
        "dashboardBody.widgets",
        "a line of author-exports-prod; components/dashboard.py draws them",
        "(absent)",
        None,
    ),
    Trip(
        "environment",
        drops("settings/file", "Pulumi.staging.yaml"),
        "settings/file Pulumi.staging.yaml",
        "author-storage:environment",
        "staging",
        "(absent)",
        "window staging",
    ),
    Trip(
        "guard",
        drops("s3/bucketPublicAccessBlock", "author-exports-public-access"),
        "s3/bucket author-exports",
        "public_access",
        "declared for author-exports-prod",
        "(absent)",
        "guard Public access",
    ),
    Trip(
        "guard",
        sets(
            "s3/bucketPolicy",
            "author-exports-policy",
            "policy.Statement.1.Condition.NumericLessThan.s3:TlsVersion",
            "1.1",
        ),
        "s3/bucketPolicy author-exports-policy",
        "policy",
        "a Deny of s3:* for everybody on author-exports-prod and its objects where NumericLessThan s3:tlsversion = 1.2",
        "no such statement",
        "guard TLS below 1.2",
    ),
    Trip(
        "inventory",
        sets("s3/inventory", "author-recordings-inventory", "schedule.frequency", "Daily"),
        "s3/inventory author-recordings-inventory",
        "schedule.frequency",
        "Weekly",
        "Daily",
        "inventory author-recordings-*",
    ),
    Trip(
        "schedule",
        sets("scheduler/schedule", "author-temporary-uploads-measure", "scheduleExpression", "rate(2 hours)"),
        "scheduler/schedule author-temporary-uploads-measure",
        "scheduleExpression",
        "hourly",
        "rate(2 hours)",
        "schedule author-temporary-uploads-measure in every",
    ),
    Trip(
        "window",
        sets("settings/file", "jobs/retention/prod.env", "RETENTION_WINDOW_DAYS", f"{WINDOW + 9}"),
        "settings/file jobs/retention/prod.env",
        "RETENTION_WINDOW_DAYS",
        f"{WINDOW} as in docs/runbook.md row prod, s3/bucketLifecycleConfiguration author-recordings-lifecycle, "
        "settings/file Pulumi.prod.yaml, ssm/parameter author-retention-window",
        str(WINDOW + 9),
        "window prod",
    ),
    Trip(
        "grant",
        sets("iam/rolePolicy", "author-retention-role-policy", "policy.Statement.2.Action.0", "s3:*"),
        "iam/rolePolicy author-retention-role-policy",
        "policy.Statement[2].Action",
        "s3:BypassGovernanceRetention not allowed",
        "s3:BypassGovernanceRetention allowed",
        "grant author-retention-role s3:BypassGovernanceRetention",
    ),
    Trip(
        "topic",
        sets("sns/topic", "author-retention", "kmsMasterKeyId", "alias/aws/sns"),
        "sns/topic author-retention",
        "kmsMasterKeyId",
        "a key of this account",
        "alias/aws/sns",
        "topic author-retention",
    ),
    Trip(
        "alarm",
        sets(ALARM, "author-temporary-uploads-backlog", "alarmActions", None),
        f"{ALARM} author-temporary-uploads-backlog",
        "alarmActions",
        "arn:aws:sns:us-east-1:111111111111:author-retention",
        "(absent)",
        "alarm author-temporary-uploads-backlog in every",
    ),
    Trip(
        "alarm",
        sets(ALARM, "author-retention-stale-objects", "threshold", STALE * 10),
        f"{ALARM} author-retention-stale-objects",
        "threshold",
        str(STALE),
        str(STALE * 10),
        "alarm author-retention-stale-objects in every",
    ),
    Trip(
        "widget",
        sets("cloudwatch/dashboard", "author-dashboard", "dashboardBody.widgets", []),
        "cloudwatch/dashboard author-dashboard",
        "dashboardBody.widgets",
        "4xxErrors shown",
        "4xxErrors not shown",
        "widget Author-Storage 4xxErrors",
    ),
    Trip(
        "log-metric",
        sets("cloudwatch/logMetricFilter", "author-retention-deleted-count", "metricTransformation.value", "1"),
        "cloudwatch/logMetricFilter author-retention-deleted-count",
        "metricTransformation.value",
        "$.deleted_count",
        "1",
        "log metric /author/retention deleted_count",
    ),
    Trip(
        "event",
        drops("cloudwatch/logMetricFilter", "author-transitions"),
        "cloudwatch/logMetricFilter Transitions",
        "metricTransformation.name",
        "such a filter",
        "(absent)",
        "event Object Storage Class Changed Transitions",
    ),
    Trip(
        "setting",
        sets("settings/file", "scripts/storage/restore.env", "RESTORE_DAYS", f"{RESTORED}0"),
        "settings/file scripts/storage/restore.env",
        "RESTORE_DAYS",
        RESTORED,
        f"{RESTORED}0",
        "setting scripts/storage/restore.py RESTORE_DAYS",
    ),
    Trip(
        "parameter",
        sets("ssm/parameter", "author-saturated-replicas", "value", f"{REPLICAS}0"),
        "ssm/parameter author-saturated-replicas",
        "value",
        REPLICAS,
        f"{REPLICAS}0",
        "parameter /author/workers/REPLICAS_WHEN_SATURATED",
    ),
    Trip(
        "document",
        drops("ssm/document", "author-database-failover"),
        "ssm/document author-database-failover",
        "name",
        "a document of that name",
        "(absent)",
        "document author-database-failover",
    ),
    Trip(
        "permissions",
        sets("iam/rolePolicy", "author-retention-role-policy", "policy.Statement.0.Action.0", "s3:ListBucket"),
        "role:author-retention-role",
        "s3:ListBucketVersions on arn:aws:s3:::author-recordings-prod",
        "allowed if StringEquals aws:resourceaccount = 111111111111, unless Bool aws:securetransport = false or "
        "NumericLessThan s3:tlsversion = 1.2",
        "not allowed",
        None,
    ),
    Trip(
        "rows",
        sets("ssm/document", "author-database-failover", "name", "author-other"),
        "ssm/document author-database-failover",
        "name",
        'a row in the table "Automation document" of docs/runbook.md for author-other',
        "(absent)",
        None,
    ),
    Trip(
        "sections",
        sets("s3/bucket", "author-exports", "tags.runbook", "elsewhere"),
        "s3/bucket author-exports",
        "tags.runbook",
        "a heading of docs/runbook.md",
        "elsewhere",
        None,
    ),
    Trip(
        "unknown",
        sets("s3/bucketPolicy", "author-exports-policy", "policy", UNKNOWN),
        "s3/bucketPolicy author-exports-policy",
        "policy",
        "a value known in a preview",
        "<unknown>",
        None,
    ),
)


@pytest.mark.parametrize("stack", STACKS)
def test_what_the_program_declares_agrees_with_the_runbook(stack: str):
    assert [str(f) for f in check(declared(stack), runbook())] == []


@pytest.mark.parametrize("trip", TRIPS, ids=lambda t: f"{t.rule}-{t.property}-{t.found}")
def test_a_careless_edit_is_found(trip: Trip):
    (rule,) = (r for r in RULES if r.id == trip.rule)
    findings = list(judge(rule, trip.edit(declared("prod")), runbook()))
    told = {(f.named, f.property, f.expected, f.found, f.claim) for f in findings}
    assert (trip.resource, trip.property, trip.expected, trip.found, trip.claim) in told
    lines = {c.id: c.line for c in runbook().claims}
    assert all(f.line == (lines[f.claim] if f.claim else None) and f.why for f in findings)


def test_every_rule_is_tripped():
    # Those that guard what AWS does are tripped in test_lifecycle_rules.py and test_limits.py, which say so themselves.
    elsewhere = {r.id for r in (*LIFECYCLE_RULES, *LIMITS)}
    assert {t.rule for t in TRIPS} == {r.id for r in RULES} - elsewhere


def test_every_kind_of_claim_has_a_rule_and_every_rule_a_claim_or_a_limit():
    proved = {kind for rule in RULES for kind in rule.claims}
    assert proved == set(KINDS)
    without_claim = {r.id for r in RULES if not r.claims}
    assert without_claim == {
        "unknown",
        "permissions",
        "data-bucket",
        "rows",
        "sections",
        *(r.id for r in (*LIFECYCLE_RULES, *LIMITS)),
    }
    assert len({r.id for r in RULES}) == len(RULES)
    assert sum(len(theme.rules) for theme in THEMES.values()) == len(RULES)


def test_every_rule_about_aws_names_a_page_and_the_day_it_was_read():
    unsourced = {r.id for r in RULES if not r.source}
    ours = {"unknown", "permissions", "data-bucket", "rows", "sections", "lifecycle-readable"}
    assert unsourced == {*ours, *(r.id for r in RULES if r.claims)}
    sources = [r.source for r in RULES if r.source]
    assert all(s.page.startswith("https://docs.aws.amazon.com/") and date.fromisoformat(s.read) for s in sources)


@pytest.mark.parametrize("stack", STACKS)
def test_every_claim_is_compared_in_the_stacks_it_speaks_of(stack: str):
    estate, book = declared(stack), runbook()
    comparing = [r for r in RULES if r.claims and r.id != "environment"]
    compared = {c.claim.id for rule in comparing for c in rule.compare(estate, book) if c.claim}
    elsewhere = {c.id for c in book.claims if getattr(c, "environment", stack) not in (stack, "every")}
    assert {c.id for c in book.claims} - elsewhere <= compared


def change_claim(kind: type, subject: str, **values: object) -> Runbook:
    claims = tuple(replace(c, **values) if type(c) is kind and c.subject == subject else c for c in runbook().claims)
    return replace(runbook(), claims=claims)


def test_a_changed_number_in_the_runbook_is_found_at_its_line():
    days = window("staging")
    changed = change_claim(WindowClaim, "staging", days=days + 1)
    (finding,) = check(declared("staging"), changed)
    assert (finding.rule, finding.named, finding.found) == ("window", "docs/runbook.md row staging", f"{days + 1}")
    assert finding.expected.startswith(f"{days} as in s3/bucketLifecycleConfiguration author-recordings-lifecycle")
    assert finding.line == next(c.line for c in runbook().of(WindowClaim) if c.subject == "staging")
    assert check(declared("prod"), changed) == []


def test_a_changed_number_in_the_stack_file_is_the_odd_one_out_with_all_that_follows_from_it():
    estate = with_settings(kept_a_day_longer().estate, ROOT)
    estate = edited(estate, "settings/file", "Pulumi.prod.yaml", "author-storage:recordingsWindowDays", WINDOW + 1)
    findings = [f for f in check(estate, runbook()) if f.rule == "window"]
    assert {f.named for f in findings} == {
        "settings/file Pulumi.prod.yaml",
        "ssm/parameter author-retention-window",
        "s3/bucketLifecycleConfiguration author-recordings-lifecycle",
    }
    assert {(f.found, f.expected) for f in findings} == {
        (f"{WINDOW + 1}", f"{WINDOW} as in docs/runbook.md row prod, settings/file jobs/retention/prod.env")
    }


def test_without_a_majority_the_runbook_is_right():
    longer = f"{WINDOW + 15}"
    estate = edited(declared("prod"), "settings/file", "jobs/retention/prod.env", "RETENTION_WINDOW_DAYS", longer)
    estate = edited(estate, "ssm/parameter", "author-retention-window", "value", longer)
    estate = edited(estate, "settings/file", "Pulumi.prod.yaml", "author-storage:recordingsWindowDays", None)
    findings = [f for f in check(estate, runbook()) if f.rule == "window"]
    assert {f.named: f.found for f in findings} == {
        "settings/file Pulumi.prod.yaml": "(absent)",
        "settings/file jobs/retention/prod.env": longer,
        "ssm/parameter author-retention-window": longer,
    }


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (LifecycleClaim, "arrows in docs/runbook.md"),
        (BucketClaim, 'a row in the table "Buckets" of docs/runbook.md'),
        (LeftoverClaim, 'a row in the table "Left behind in" of docs/runbook.md'),
        (InventoryClaim, 'a row in the table "Inventory of" of docs/runbook.md'),
    ],
)
def test_a_bucket_without_its_row_says_where_it_is_to_be_written(kind: type[Claim], where: str):
    claims = tuple(c for c in runbook().claims if type(c) is not kind or c.subject != "author-exports-*")
    found = check(declared("prod"), replace(runbook(), claims=claims))
    assert ("s3/bucket author-exports", "bucket", where, "(absent)") in {
        (f.named, f.property, f.expected, f.found) for f in found
    }


@pytest.mark.parametrize(
    ("kind", "resource", "where"),
    [
        (AlarmClaim, f"{ALARM} author-exports-4xx", 'a row in the table "Alarm" of docs/runbook.md for prod'),
        (
            ScheduleClaim,
            "scheduler/schedule author-drift-audit",
            'a row in the table "Schedule" of docs/runbook.md for prod',
        ),
    ],
)
def test_what_is_declared_without_a_row_says_where_it_is_to_be_written(kind: type[Claim], resource: str, where: str):
    claims = tuple(c for c in runbook().claims if type(c) is not kind)
    found = check(declared("prod"), replace(runbook(), claims=claims))
    assert (resource, where) in {(f.named, f.expected) for f in found}


def test_a_stack_without_its_rows_is_told_what_is_missing():
    estate = replace(declared("prod"), stack="new", environment="new")
    rules = [r for r in RULES if r.id in ("window", "alarm", "schedule")]
    found = {(f.rule, f.named, f.expected) for r in rules for f in judge(r, estate, runbook())}
    assert ("window", "docs/runbook.md", "a row for new") in found
    assert (
        "alarm",
        f"{ALARM} author-retention-silent",
        'a row in the table "Alarm" of docs/runbook.md for new',
    ) in found
    assert (
        "schedule",
        "scheduler/schedule author-retention",
        'a row in the table "Schedule" of docs/runbook.md for new',
    ) in found


def test_no_claim_can_be_lost_unmissed():
    rules = {kind: [r for r in RULES if kind in r.claims or r.id == "rows"] for kind in KINDS}

    def missed(lost: Claim) -> bool:
        shorter = replace(runbook(), claims=tuple(c for c in runbook().claims if c is not lost))
        return any(True for stack in STACKS for r in rules[type(lost)] for _ in judge(r, declared(stack), shorter))

    assert [c.id for c in runbook().claims if not missed(c)] == []


def test_a_link_to_a_heading_that_is_gone_is_a_finding():
    shorter = replace(runbook(), headings=runbook().headings - {"quarterly-check"})
    line = next(line for line, anchor in runbook().links if anchor == "quarterly-check")
    (finding,) = check(declared("prod"), shorter)
    assert (finding.rule, finding.named, finding.property) == ("sections", "docs/runbook.md", f"line {line}")
    assert finding.expected == "a heading for the link #quarterly-check"


def test_a_claim_about_nothing_is_a_finding():
    changed = change_claim(LifecycleClaim, "author-exports-*", buckets="author-imports-*")
    assert {(f.named, f.found) for f in check(declared("prod"), changed)} == {
        ("s3/bucket author-imports-*", "(absent)"),
        ("s3/bucket author-exports", "(absent)"),
    }


def test_a_bucket_that_the_runbook_wants_versioned():
    changed = change_claim(BucketClaim, "author-inventory-*", versioned=True)
    (finding,) = check(declared("prod"), changed)
    assert (finding.named, finding.property, finding.found) == (
        "s3/bucket author-inventory",
        "versioning",
        "(absent)",
    )


def test_what_a_rule_cannot_judge_is_a_finding():
    broken = next(r for r in RULES if r.id == "lifecycle")

    def compare_badly(estate: Estate, book: Runbook) -> list[Comparison]:
        raise KeyError("rules")

    (finding,) = judge(replace(broken, compare=compare_badly), declared("prod"), runbook())
    assert (finding.rule, finding.found) == ("lifecycle", "KeyError: 'rules'")


def test_unknown_values_are_found_wherever_they_are():
    resource = Resource("aws:s3/bucket:Bucket", "it", {"a": [{"b": UNKNOWN}, "c"], "d": UNKNOWN})
    assert [spelled(path) for path in unknown_paths(resource)] == ["a[0].b", "d"]
