"""The values that claims hold, as frozen types."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from semantics.lifecycle.storage_classes import StorageClass

EVERY = "every"
"""Stands in a claim's environment where it holds for all of them."""


@dataclass(frozen=True)
class Move:
    """A move to a colder class, in whole days after the object's creation."""

    storage_class: StorageClass
    days: int


@dataclass(frozen=True)
class AfterDays:
    """The object goes a fixed number of days after its creation."""

    days: int


@dataclass(frozen=True)
class OnRetentionExpiry:
    """The object goes when the environment's retention window ends."""


class Lock(StrEnum):
    """What Object Lock does in a bucket."""

    NONE = "none"
    HOLDS = "legal holds"
    SEVEN_YEARS = "7 years"


class Cipher(StrEnum):
    """Who holds the key that a bucket is encrypted with."""

    KMS = "own KMS key"
    S3 = "S3 key"


class Guard(StrEnum):
    """What holds for every bucket, whatever it stores."""

    PUBLIC_ACCESS = "Public access"
    HTTP = "Plain HTTP"
    TLS = "TLS below 1.2"
    OWNERSHIP = "Object ownership"


GUARD_SETTINGS: Mapping[Guard, str] = {
    Guard.PUBLIC_ACCESS: "blocked in all four ways",
    Guard.HTTP: "refused",
    Guard.TLS: "refused",
    Guard.OWNERSHIP: "enforced for the bucket's owner",
}
"""Guard → its only setting, in the runbook's words."""


@dataclass(frozen=True)
class Datapoints:
    """How CloudWatch looks back: `enough` of `of` periods of `seconds` each must breach."""

    enough: int
    of: int
    seconds: int


@dataclass(frozen=True)
class Threshold:
    """When a datapoint breaches: a comparison operator of CloudWatch, as `GreaterThanThreshold`, and a number."""

    comparison: str
    value: float
