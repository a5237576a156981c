"""What a preview cannot know, it cannot check: only random ids of keys may be unknown."""

from collections.abc import Iterator, Mapping

from estate.model import Estate, Resource, Unknown
from estate.paths import Path, keys, leaves
from estate.views import FACETS
from policies.comparison import Comparison
from policies.finding import Severity
from policies.rule import rule
from policies.runbook.reader import Runbook

MAY_BE_UNKNOWN: Mapping[str, tuple[str, ...]] = {
    "aws:kms/alias:Alias": ("targetKeyId",),
    f"aws:{FACETS['encryption']}": ("rules", "applyServerSideEncryptionByDefault", "kmsMasterKeyId"),
    "aws:sns/topic:Topic": ("kmsMasterKeyId",),
    "aws:sqs/queue:Queue": ("kmsMasterKeyId",),
    "aws:cloudwatch/logGroup:LogGroup": ("kmsKeyId",),
    "aws:s3/inventory:Inventory": ("destination", "bucket", "encryption", "sseKms", "keyId"),
}
"""Type → the property that holds a KMS key's id, which is random and so unknown before the key exists."""


@rule(
    "unknown",
    "A preview knows everything it must check.",
    Severity.HIGH,
    (),
    why="A check that meets an unknown value is skipped in the preview and fails only while deploying. "
    "Build names, ARNs and policies from configuration.",
)
def unknown(estate: Estate, _: Runbook) -> Iterator[Comparison]:
    """Compares every value with one that is known."""
    for resource in estate.resources:
        for path in unknown_paths(resource):
            holds = MAY_BE_UNKNOWN.get(resource.type) == keys(path)
            yield Comparison(resource, path, "a value known in a preview", "<unknown>", holds)


def unknown_paths(resource: Resource) -> Iterator[Path]:
    """Yields the paths of all unknown values."""
    return (path for path, value in leaves(resource.properties) if isinstance(value, Unknown))


RULES = (unknown,)
