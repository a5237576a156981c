"""A bucket policy may let the logging service write, whatever else stands in it.

Plain moto reads a target's policy only if every statement's Principal is an object, and only some spellings of the
resource: a statement that denies plain HTTP to everybody (`"Principal": "*"`) breaks it.
"""

import json
from typing import Any

from moto.s3.models import FakeBucket

from local.account.documents import as_list
from local.account.patching import around
from semantics.iam.globs import matches

SERVICE = "logging.s3.amazonaws.com"


def install() -> None:
    """Decide by the target's policy who may deliver logs there."""

    @around(FakeBucket, "_log_permissions_enabled_policy")
    def _allowed(_original: Any, _self: FakeBucket, target_bucket: FakeBucket, target_prefix: str | None) -> bool:
        return may_deliver(target_bucket, target_prefix or "")


def may_deliver(target: FakeBucket, prefix: str) -> bool:
    """Whether the target's policy allows the logging service to put objects under a prefix."""
    if not target.policy:
        return False
    statements: Any = json.loads(target.policy)["Statement"]
    wanted = f"arn:{target.partition}:s3:::{target.name}/{prefix}log"
    return any(
        statement["Effect"] == "Allow"
        and isinstance(statement.get("Principal"), dict)
        and SERVICE in as_list(statement["Principal"].get("Service"))
        and any(matches(action, "s3:PutObject", ignore_case=True) for action in as_list(statement.get("Action")))
        and any(matches(resource, wanted) for resource in as_list(statement.get("Resource")))
        for statement in as_list(statements)
    )
