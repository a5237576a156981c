"""Plays a row of the table of S3's behaviour: calls one after the other, each with the answer that AWS documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import jmespath
import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
REFERENCE = "https://docs.aws.amazon.com/AmazonS3/latest/API/"


@dataclass(frozen=True)
class Step:
    """One call of boto3's S3 client.

    Attributes:
        operation: the client's method.
        asked: its arguments but the bucket's; text that begins with `$` stands for what was kept before.
        kept: a name for a part of the answer, found by a JMESPath expression.
        given: what the answer must hold, by JMESPath expression.
        refusal: status and code of the refusal that must come instead.
    """

    operation: str
    asked: dict[str, Any]
    kept: dict[str, str] = field(default_factory=dict[str, str])
    given: dict[str, Any] = field(default_factory=dict[str, Any])
    refusal: tuple[int, str] | None = None

    def keep(self, name: str, path: str = "VersionId") -> "Step":
        """Keep a part of the answer for later steps, as `$name`."""
        return replace(self, kept={**self.kept, name: path})

    def gives(self, path: str, wanted: Any) -> "Step":
        """Expect this at a path of the answer; `None` is what is absent."""
        return replace(self, given={**self.given, path: wanted})

    def refused(self, status: int, code: str) -> "Step":
        """Expect a refusal; a HEAD has no code but the status."""
        return replace(self, refusal=(status, code))


@dataclass(frozen=True)
class Row:
    """One behaviour.

    Attributes:
        says: what S3 does, as a sentence.
        source: the page of AWS that decides.
        bucket: `plain`, `versioned` or `locked`.
        steps: what is played.
        gap: whether plain moto fails it.
        beyond_stub: whether it needs a call that the stub of S3 does not know.
        seaweedfs: how SeaweedFS disagrees; empty where it does not.
    """

    says: str
    source: str
    bucket: str
    steps: tuple[Step, ...]
    gap: bool = True
    beyond_stub: bool = False
    seaweedfs: str = ""


def do(operation: str, /, **asked: Any) -> Step:
    """A call that must succeed, unless it says otherwise."""
    return Step(operation, asked)


def put(key: str = "a", **more: Any) -> Step:
    """A PutObject whose body is its key."""
    return do("put_object", Key=key, Body=key.encode(), **more)


def suspend() -> Step:
    """Suspend the bucket's versioning."""
    return versioning("Suspended")


def versioning(status: str) -> Step:
    """Set the bucket's versioning."""
    return do("put_bucket_versioning", VersioningConfiguration={"Status": status})


def play(s3: "S3Client", bucket: str, steps: tuple[Step, ...]) -> None:
    """Play steps on a bucket; whatever differs fails the test and names the step."""
    now = datetime.now(UTC).replace(microsecond=0)
    known: dict[str, Any] = {"bucket": bucket, "past": now - timedelta(hours=1)}
    known |= {"soon": now + timedelta(hours=1), "later": now + timedelta(days=1)}
    for number, step in enumerate(steps, 1):
        where = f"step {number}, {step.operation}({step.asked})"
        asked = cast("dict[str, Any]", _resolved({"Bucket": "$bucket", **step.asked}, known))
        if step.refusal:
            _expect(where, _refusal(s3, step.operation, asked), step.refusal)
            continue
        answer: dict[str, Any] = getattr(s3, step.operation)(**asked)
        if "Body" in answer:
            answer["Body"] = answer["Body"].read()
        for path, wanted in step.given.items():
            _expect(f"{where} at {path}", _at(path, answer), _resolved(wanted, known))
        known |= {name: _at(path, answer) for name, path in step.kept.items()}


def _expect(where: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        pytest.fail(f"{where}: found {found!r}, documented is {wanted!r}")


def _at(path: str, answer: dict[str, Any]) -> Any:
    return jmespath.search(path, answer)


def _refusal(s3: "S3Client", operation: str, asked: dict[str, Any]) -> tuple[int, str]:
    try:
        getattr(s3, operation)(**asked)
    except ClientError as error:
        answer = cast("Any", error.response)
    else:
        return 200, ""
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def _resolved(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return known[value[1:]]
    if isinstance(value, str):
        return value.replace("$objects", f"arn:aws:s3:::{known['bucket']}/*")
    if isinstance(value, dict):
        return {name: _resolved(inner, known) for name, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_resolved(inner, known) for inner in cast("list[Any]", value)]
    return value
