"""Limits of roles and policies, buckets, functions, tasks, parameters, keys and tags."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from estate.model import UNKNOWN, Estate, Resource
from estate.paths import Path
from policies.limits.checks import Offence, api, between, docs, document_of, each, like, limit, size, within_one
from semantics import bucket_names

_IAM = "iam-2010-05-08"
_KMS = "kms-2014-11-01"
_LAMBDA = "lambda-2015-03-31"
_S3 = "s3-2006-03-01"
_SSM = "ssm-2014-11-06"
_FUNCTION = "lambda/function:Function"
_ROLE = "iam/role:Role"
_TASK = "ecs/taskDefinition:TaskDefinition"
_FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""MiB of memory by CPU units."""


@limit(
    "role-inline",
    "The inline policies of a role have at most 10,240 characters together",
    "at most 10240 characters without white space",
    docs("IAM/latest/UserGuide/reference_iam-quotas.html"),
)
def role_inline(estate: Estate) -> Iterator[Offence]:
    """Finds roles whose inline policies are too long together."""
    total: dict[str, int] = {}
    last: dict[str, Resource] = {}
    for policy in estate.of_type("iam/rolePolicy:RolePolicy"):
        role, document = policy.properties.get("role"), policy.properties.get("policy")
        if role is UNKNOWN or document is UNKNOWN:
            continue
        total[str(role)] = total.get(str(role), 0) + size(document)
        last[str(role)] = policy
    for role, characters in total.items():
        if characters > 10_240:
            yield last[role], ("policy",), f"{characters} characters in all inline policies of {role}"


@limit(
    "batch-size",
    "A function takes at most 10 messages of a FIFO queue, and more than 10 of any queue only with a window",
    "1 to 10, or to 10000 of a standard queue with maximumBatchingWindowInSeconds",
    api(_LAMBDA, "CreateEventSourceMapping.BatchSize"),
)
@within_one("lambda/eventSourceMapping:EventSourceMapping")
def batch_size(mapping: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds batches larger than their queue allows."""
    batch, source = int(mapping.get("batchSize", 10)), str(mapping.get("eventSourceArn", ""))
    highest = 10 if source.endswith(".fifo") else 10_000
    if not 1 <= batch <= highest:
        yield ("batchSize",), batch
    elif batch > 10 and ":sqs:" in source and not mapping.get("maximumBatchingWindowInSeconds"):
        yield ("batchSize",), f"{batch} without maximumBatchingWindowInSeconds"


@limit(
    "task-size",
    "Fargate offers fixed pairs of CPU and memory",
    "a pair of Fargate's table, as 256 CPU units with 512 MiB",
    docs("AmazonECS/latest/developerguide/fargate-tasks-services.html"),
)
@within_one(_TASK)
def task_size(task: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds pairs of CPU and memory that Fargate does not offer."""
    if "FARGATE" not in cast("list[str]", task.get("requiresCompatibilities", [])):
        return
    pair = task.get("cpu"), task.get("memory")
    if not all(str(number).isdigit() for number in pair) or int(str(pair[1])) not in _FARGATE_MEMORY.get(
        int(str(pair[0])), ()
    ):
        yield ("memory",), f"{pair[1]} MiB with {pair[0]} CPU units"


def _bucket_name(name: Any) -> bool:
    return bucket_names.problem(str(name)) is None


def _parameter_name(name: Any) -> bool:
    text = str(name)
    levels = text.strip("/").split("/")
    reserved = re.match(r"/?(aws|ssm)", text, re.IGNORECASE)
    return bool(re.fullmatch(r"[\w.\-/]{1,1011}", text, re.ASCII)) and len(levels) <= 15 and not reserved


@limit(
    "tags",
    "A resource has at most 50 tags, of letters, digits, spaces and _ . : / = + - @",
    "at most 50 tags; keys of 1 to 128, values of at most 256 letters, digits, spaces and _ . : / = + - @",
    docs("tag-editor/latest/userguide/best-practices-and-strats.html"),
)
def tags(estate: Estate) -> Iterator[Offence]:
    """Finds too many tags, and tags that no service takes."""
    for resource in estate.resources:
        tags = resource.properties.get("tags")
        if not isinstance(tags, Mapping):
            continue
        items = cast("Mapping[str, Any]", tags)
        if len(items) > 50:
            yield resource, ("tags",), f"{len(items)} tags"
        for key, value in items.items():
            if value is not UNKNOWN and not _tag(key, str(value)):
                yield resource, ("tags", key), value


def _tag(key: str, value: str) -> bool:
    fits = re.fullmatch(r"[\w\s.:/=+\-@]{1,128}", key) and re.fullmatch(r"[\w\s.:/=+\-@]{0,256}", value)
    return bool(fits) and not key.lower().startswith("aws:")


LIMITS = (
    limit(
        "role-name",
        "A role's name has at most 64 characters",
        "1 to 64 of A-Z a-z 0-9 + = , . @ - _",
        api(_IAM, "CreateRole.RoleName"),
    )(each(_ROLE, "name", like(r"[A-Za-z0-9_+=,.@-]{1,64}"))),
    limit(
        "role-trust",
        "A trust policy has at most 2,048 characters",
        "at most 2048 characters without white space",
        docs("IAM/latest/UserGuide/reference_iam-quotas.html"),
    )(each(_ROLE, "assumeRolePolicy", document_of(2048))),
    role_inline,
    limit(
        "managed-policy",
        "A managed policy has at most 6,144 characters",
        "at most 6144 characters without white space",
        docs("IAM/latest/UserGuide/reference_iam-quotas.html"),
    )(each("iam/policy:Policy", "policy", document_of(6144))),
    limit(
        "bucket-policy",
        "A bucket policy has at most 20 KB",
        "at most 20480 characters",
        docs("general/latest/gr/s3.html"),
    )(each("s3/bucketPolicy:BucketPolicy", "policy", document_of(20_480))),
    limit(
        "bucket-name",
        "A bucket's name has 3 to 63 characters of a-z, 0-9, . and -, and none of the reserved beginnings and ends",
        "3 to 63 of a-z 0-9 . -, begun and ended by a letter or digit",
        docs("AmazonS3/latest/userguide/bucketnamingrules.html"),
    )(each("s3/bucket:Bucket", "bucket", _bucket_name)),
    limit(
        "bucket-metric-name",
        "A request-metrics configuration has an id of at most 64 characters",
        "1 to 64 of A-Z a-z 0-9 . - _",
        api(_S3, "PutBucketMetricsConfiguration.Id"),
    )(each("s3/bucketMetric:BucketMetric", "name", like(r"[A-Za-z0-9._-]{1,64}"))),
    limit(
        "function-name",
        "A function's name has at most 64 letters, digits, - and _",
        "1 to 64 of A-Z a-z 0-9 - _",
        api(_LAMBDA, "CreateFunction.FunctionName"),
    )(each(_FUNCTION, "name", like(r"[a-zA-Z0-9_-]{1,64}"))),
    limit(
        "function-timeout",
        "A function runs for at most 1,800 seconds",
        "1 to 1800 seconds",
        api(_LAMBDA, "CreateFunction.Timeout"),
    )(each(_FUNCTION, "timeout", between(1, 1800))),
    limit(
        "function-memory",
        "A function has 128 to 10,240 MB of memory",
        "128 to 10240 MB",
        docs("lambda/latest/dg/gettingstarted-limits.html"),
    )(each(_FUNCTION, "memorySize", between(128, 10_240))),
    limit(
        "function-environment",
        "A function's environment has at most 4 KB",
        "at most 4096 bytes of names and values",
        docs("lambda/latest/dg/gettingstarted-limits.html"),
    )(each(_FUNCTION, "environment.variables", document_of(4096))),
    limit(
        "function-retries",
        "An asynchronous call of a function is retried at most twice",
        "0 to 2",
        api(_LAMBDA, "PutFunctionEventInvokeConfig.MaximumRetryAttempts"),
    )(each("lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "maximumRetryAttempts", between(0, 2))),
    batch_size,
    task_size,
    limit(
        "parameter-name",
        "A parameter's name has letters, digits and . - _ /, at most 15 levels, and begins with neither aws nor ssm",
        "letters, digits, . - _ /, at most 15 levels, not under /aws or /ssm",
        docs("systems-manager/latest/userguide/sysman-parameter-name-constraints.html"),
    )(each("ssm/parameter:Parameter", "name", _parameter_name)),
    limit(
        "parameter-value",
        "A standard parameter has at most 4 KB",
        "1 to 4096 characters",
        api(_SSM, "PutParameter.Value"),
    )(each("ssm/parameter:Parameter", "value", lambda value: 1 <= len(str(value)) <= 4096)),
    limit(
        "key-deletion",
        "A key waits 7 to 30 days before it is deleted",
        "7 to 30 days",
        api(_KMS, "ScheduleKeyDeletion.PendingWindowInDays"),
    )(each("kms/key:Key", "deletionWindowInDays", between(7, 30))),
    limit(
        "key-alias",
        "A key's alias begins alias/, and alias/aws/ is reserved",
        "alias/ and at most 250 of A-Z a-z 0-9 / _ -, not alias/aws/",
        api(_KMS, "CreateAlias.AliasName"),
    )(each("kms/alias:Alias", "name", like(r"alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}"))),
    tags,
)
