"""Cuts of the provider's waits for AWS to become consistent with itself.

After some changes the provider polls until AWS has given the new answer several times in a row: 55 s for a bucket's
lifecycle, 25 s for a queue's attributes. The emulated account is consistent at once, so the waiting proves nothing
there. Cutting it makes the provider report a timeout, which counts as success only if what is read back needs no
further change.
"""

import json

from local.bridge.values import UNKNOWN, Value

_TIMEOUT_KEY = (
    "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0"  # where the Terraform SDK keeps an operation's timeouts in `private`
)
_SECONDS = 2
_BY_CONFIGURATION = frozenset({"aws_s3_bucket_lifecycle_configuration"})
_BY_PRIVATE = frozenset({"aws_sqs_queue", "aws_sqs_queue_policy", "aws_sqs_queue_redrive_policy"})


def shorten_configuration(terraform_type: str, configuration: Value) -> Value:
    """Return the configuration with short timeouts, where it has some and none are chosen."""
    if terraform_type in _BY_CONFIGURATION and configuration.get("timeouts") is None:
        limit = f"{_SECONDS}s"
        return {**configuration, "timeouts": {"create": limit, "update": limit}}
    return configuration


def shorten_private(terraform_type: str, private: bytes) -> bytes:
    """Return a plan's private data with short timeouts."""
    if terraform_type not in _BY_PRIVATE:
        return private
    limit = _SECONDS * 1_000_000_000
    notes: dict[str, Value] = json.loads(private) if private else {}
    return json.dumps({**notes, _TIMEOUT_KEY: {"create": limit, "update": limit, "delete": limit}}).encode()


def expected(terraform_type: str, planned: Value) -> Value:
    """Return the state to read back where the provider answered a timeout only."""
    known = {name: None if value == UNKNOWN else value for name, value in planned.items()}
    if terraform_type in _BY_CONFIGURATION:  # known by its bucket, and by its owner if one is expected
        known["expected_bucket_owner"] = known["expected_bucket_owner"] or ""
        known["id"] = ",".join(filter(None, [known["bucket"], known["expected_bucket_owner"]]))
    return known


def is_cut(error: str) -> bool:
    """Tell whether an error is only that a wait was cut short."""
    return "timeout while waiting for state to become" in error
