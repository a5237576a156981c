"""Limits of policy documents and descriptions: what may stand in them, how often, and how long they may be."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from estate.model import UNKNOWN, Estate, Resource
from estate.paths import Path
from policies.limits.checks import Offence, api, docs, document_of, each, limit

_GRAMMAR = "IAM/latest/UserGuide/reference_policies_elements"
VERSION = "2012-10-17"

IDENTITY = {"iam/rolePolicy:RolePolicy": "policy", "iam/policy:Policy": "policy"}
TRUST = {"iam/role:Role": "assumeRolePolicy"}
OF_RESOURCES = {
    "s3/bucketPolicy:BucketPolicy": "policy",
    "sns/topicPolicy:TopicPolicy": "policy",
    "sns/topic:Topic": "policy",
    "sqs/queuePolicy:QueuePolicy": "policy",
    "sqs/queue:Queue": "policy",
    "kms/key:Key": "policy",
    "kms/keyPolicy:KeyPolicy": "policy",
    "cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
}
"""Types that hold a policy, and in which property."""

DESCRIPTIONS: Mapping[str, tuple[str, int]] = {
    "cloudwatch/eventRule:EventRule": ("", 512),
    "scheduler/schedule:Schedule": ("", 512),
    "lambda/function:Function": ("", 256),
    "ssm/parameter:Parameter": ("", 1024),
    "kms/key:Key": ("", 8192),
    "iam/role:Role": (r"[\t\n\r\x20-\x7e\u00a1-\u00ff]*", 1000),
    "iam/policy:Policy": (r"[\t\n\r\x20-\x7e\u00a1-\u00ff]*", 1000),
}
"""Type → the characters of its description, where not any do, and how many of them."""

Document = tuple[Resource, str, Mapping[str, Any]]


def _documents(estate: Estate, types: Mapping[str, str]) -> Iterator[Document]:
    """Yields the known policies of some types, each with its resource and property."""
    for kind, key in types.items():
        for resource in estate.of_type(kind):
            document = resource.properties.get(key)
            if document is None or document is UNKNOWN:
                continue
            try:
                parsed = json.loads(document) if isinstance(document, str) else document
            except ValueError:
                parsed = None
            if isinstance(parsed, Mapping):
                yield resource, key, cast("Mapping[str, Any]", parsed)


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    listed = document.get("Statement", ())
    several = cast("list[Any]", listed) if isinstance(listed, list | tuple) else [listed]
    for index, statement in enumerate(several):
        if isinstance(statement, Mapping):
            yield ("Statement", index), cast("Mapping[str, Any]", statement)


Find = Callable[[Mapping[str, Any]], Iterator[tuple[Path, object]]]


def _in(types: Mapping[str, str]) -> Callable[[Find], Callable[[Estate], Iterator[Offence]]]:
    """Declares what may not stand in a policy of some types, above the function that finds it in one."""

    def declare(find: Find) -> Callable[[Estate], Iterator[Offence]]:
        def offences(estate: Estate) -> Iterator[Offence]:
            for resource, key, document in _documents(estate, types):
                for path, found in find(document):
                    yield resource, (key, *path), found

        return offences

    return declare


@limit(
    "policy-version",
    "A policy says its version, 2012-10-17",
    VERSION,
    docs(f"{_GRAMMAR}_version.html"),
    "AWS refuses other versions, and without one reads the policy as of 2008, in which variables are plain text.",
)
@_in({**IDENTITY, **TRUST, **OF_RESOURCES})
def policy_version(document: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds policies of another version, or of none."""
    if document.get("Version") != VERSION:
        yield ("Version",), document.get("Version", "(absent)")


@limit(
    "policy-sid-once",
    "No two statements of a policy share a Sid",
    "a Sid of its own for each statement",
    docs(f"{_GRAMMAR}_sid.html"),
)
@_in({**IDENTITY, **TRUST, **OF_RESOURCES})
def policy_sid_once(document: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds Sids that stand twice."""
    for sid, count in Counter(s["Sid"] for _, s in _statements(document) if s.get("Sid")).items():
        if count > 1:
            yield ("Statement",), f"{sid} on {count} statements"


@limit(
    "policy-sid",
    "A Sid of an IAM policy has letters and digits only",
    "A-Z a-z 0-9",
    docs(f"{_GRAMMAR}_sid.html"),
)
@_in({**IDENTITY, **TRUST})
def policy_sid(document: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds Sids with dashes, spaces and the like."""
    for path, statement in _statements(document):
        sid = statement.get("Sid", "")
        if not re.fullmatch(r"[A-Za-z0-9]*", str(sid)):
            yield (*path, "Sid"), sid


@limit(
    "policy-identity",
    "A policy of a role or user names no principal: whoever carries it is meant",
    "no Principal",
    docs(f"{_GRAMMAR}_principal.html"),
)
@_in(IDENTITY)
def policy_identity(document: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds principals where none can stand."""
    for path, statement in _statements(document):
        for key in ("Principal", "NotPrincipal"):
            if key in statement:
                yield (*path, key), statement[key]


@limit(
    "policy-principal",
    "A policy of a resource, and a trust policy, say whom each statement is about",
    "Principal or NotPrincipal",
    docs(f"{_GRAMMAR}_principal.html"),
)
@_in({**TRUST, **OF_RESOURCES})
def policy_principal(document: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds statements about nobody."""
    for path, statement in _statements(document):
        if not statement.keys() & {"Principal", "NotPrincipal"}:
            yield path, "neither"


@limit(
    "policy-trust",
    "A trust policy names no resource: the role is meant",
    "no Resource",
    docs("IAM/latest/UserGuide/troubleshoot_policies.html"),
)
@_in(TRUST)
def policy_trust(document: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds resources where none can stand."""
    for path, statement in _statements(document):
        for key in ("Resource", "NotResource"):
            if key in statement:
                yield (*path, key), statement[key]


@limit(
    "description",
    "A description has as many characters as its service takes, and for IAM only those of Latin-1",
    "at most " + ", ".join(f"{most} for {kind.split('/')[0]}" for kind, (_, most) in DESCRIPTIONS.items()),
    api("iam-2010-05-08", "CreateRole.Description"),
)
def description(estate: Estate) -> Iterator[Offence]:
    """Finds descriptions that are too long, or that IAM can't write."""
    for kind, (pattern, most) in DESCRIPTIONS.items():
        for resource in estate.of_type(kind):
            text = resource.properties.get("description")
            if isinstance(text, str) and (len(text) > most or not re.fullmatch(pattern or r"(?s).*", text)):
                yield resource, ("description",), text


LIMITS = (
    policy_version,
    policy_sid_once,
    policy_sid,
    policy_identity,
    policy_principal,
    policy_trust,
    description,
    limit(
        "key-policy",
        "A key policy has at most 32 KB",
        "at most 32768 characters",
        api("kms-2014-11-01", "CreateKey.Policy"),
    )(each("kms/key:Key kms/keyPolicy:KeyPolicy", "policy", document_of(32_768))),
    limit(
        "topic-policy",
        "A topic's policy has at most 30 KB",
        "at most 30720 characters",
        docs("general/latest/gr/sns.html"),
    )(each("sns/topicPolicy:TopicPolicy sns/topic:Topic", "policy", document_of(30_720))),
    limit(
        "queue-policy",
        "A queue's policy has at most 8,192 characters",
        "at most 8192 characters",
        docs("AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"),
    )(each("sqs/queuePolicy:QueuePolicy sqs/queue:Queue", "policy", document_of(8192))),
    limit(
        "log-policy",
        "A resource policy of CloudWatch Logs has at most 5,120 characters",
        "at most 5120 characters",
        api("logs-2014-03-28", "PutResourcePolicy.policyDocument"),
    )(each("cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument", document_of(5120))),
    limit(
        "automation-size",
        "An Automation document has at most 64 KB",
        "at most 65536 characters",
        docs("general/latest/gr/ssm.html"),
    )(each("ssm/document:Document", "content", document_of(65_536))),
    limit(
        "schedule-input",
        "What a schedule sends to its target has at most 256 KB",
        "at most 262144 characters",
        docs("scheduler/latest/UserGuide/scheduler-quotas.html"),
    )(each("scheduler/schedule:Schedule", "target.input", lambda value: len(str(value)) <= 262_144)),
)
