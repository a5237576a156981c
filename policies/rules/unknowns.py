"""What a preview cannot know, it cannot check: only random ids of keys may be unknown."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from estate.model import Estate, Unknown
from estate.views import named
from policies.finding import Severity
from policies.rules.comparison import Comparison, rule
from policies.runbook.reader import Runbook

MAY_BE_UNKNOWN: Mapping[str, tuple[str, ...]] = {
    "kms/alias": ("targetKeyId",),
    "s3/bucketServerSideEncryptionConfiguration": ("rules[[]*].applyServerSideEncryptionByDefault.kmsMasterKeyId",),
    "sns/topic": ("kmsMasterKeyId",),
    "sqs/queue": ("kmsMasterKeyId",),
    "cloudwatch/logGroup": ("kmsKeyId",),
    "s3/inventory": ("destination.bucket.encryption.sseKms.keyId",),
}
"""Type → properties that hold a KMS key's id, which is random and so unknown before the key exists."""


def _unknowns(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:  # noqa: ARG001
    for resource in estate.resources:
        allowed = MAY_BE_UNKNOWN.get(resource.type.split(":")[1], ())
        for path in unknown_paths(dict(resource.properties)):
            holds = any(fnmatchcase(path, pattern) for pattern in allowed)
            yield Comparison(named(resource), path, "a value known in a preview", "<unknown>", holds)


def unknown_paths(value: Any, path: str = "") -> Iterator[str]:
    """Yields the paths of all unknown leaves."""
    if isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from unknown_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from unknown_paths(item, f"{path}[{index}]")
    elif isinstance(value, Unknown):
        yield path


RULES = (
    rule(
        "unknown",
        "A preview knows everything it must check.",
        Severity.HIGH,
        (),
        why="A check that meets an unknown value is skipped in the preview and fails only while deploying. "
        "Build names, ARNs and policies from configuration.",
        compare=_unknowns,
    ),
)
