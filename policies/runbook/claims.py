"""What the runbook claims, as frozen values; `tables` and `chain` read them from its text."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from policies.runbook.cadence import Cadence
from semantics.lifecycle.storage_classes import StorageClass

EVERY = "every"
"""Stands in a claim's environment where it holds for all of them."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim, and where it stands.

    Attributes:
        line: its line in the document, from 1.
        column: column of its first character, from 1.
        text: its source text.
    """

    kind: ClassVar[str]
    line: int = 0
    column: int = 0
    text: str = ""

    @property
    def subject(self) -> str:
        """What it speaks of; unique within its kind."""
        raise NotImplementedError

    @property
    def id(self) -> str:
        """Stable name, as `lifecycle author-exports-*`."""
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True)
class Transition:
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


@dataclass(frozen=True, kw_only=True)
class LifecycleClaim(Claim):
    """The life of an object in all buckets of a name, as `author-recordings-*`; `end` is None where it stays."""

    kind: ClassVar[str] = "lifecycle"
    buckets: str
    start: StorageClass
    transitions: tuple[Transition, ...]
    end: AfterDays | OnRetentionExpiry | None

    @property
    def subject(self) -> str:
        """The bucket name pattern."""
        return self.buckets


@dataclass(frozen=True, kw_only=True)
class WindowClaim(Claim):
    """For how many days an environment keeps recordings."""

    kind: ClassVar[str] = "window"
    environment: str
    days: int

    @property
    def subject(self) -> str:
        """The environment."""
        return self.environment


class Lock(StrEnum):
    """What Object Lock does in a bucket."""

    NONE = "none"
    HOLDS = "legal holds"
    SEVEN_YEARS = "7 years"


class Cipher(StrEnum):
    """Who holds the key that a bucket is encrypted with."""

    KMS = "own KMS key"
    S3 = "S3 key"


@dataclass(frozen=True, kw_only=True)
class BucketClaim(Claim):
    """How the buckets of a name are kept."""

    kind: ClassVar[str] = "bucket"
    buckets: str
    versioned: bool
    lock: Lock
    cipher: Cipher
    logged: bool
    measured: bool

    @property
    def subject(self) -> str:
        """The bucket name pattern."""
        return self.buckets


@dataclass(frozen=True, kw_only=True)
class LeftoverClaim(Claim):
    """How many days what is left behind in buckets of a name stays; `noncurrent_days` is None where nothing is kept."""

    kind: ClassVar[str] = "leftover"
    buckets: str
    noncurrent_days: int | None
    upload_days: int

    @property
    def subject(self) -> str:
        """The bucket name pattern."""
        return self.buckets


class Guard(StrEnum):
    """What holds for every bucket, whatever it stores."""

    PUBLIC_ACCESS = "Public access"
    HTTP = "Plain HTTP"
    TLS = "TLS below 1.2"
    OWNERSHIP = "Object ownership"


@dataclass(frozen=True, kw_only=True)
class GuardClaim(Claim):
    """One guard of every bucket, and its setting in the runbook's words."""

    kind: ClassVar[str] = "guard"
    guard: Guard
    setting: str

    @property
    def subject(self) -> str:
        """The guard."""
        return str(self.guard)


@dataclass(frozen=True, kw_only=True)
class ScheduleClaim(Claim):
    """When something runs by itself, in an environment or in `every` one."""

    kind: ClassVar[str] = "schedule"
    schedule: str
    environment: str
    cadence: Cadence

    @property
    def subject(self) -> str:
        """Schedule and environment."""
        return f"{self.schedule} in {self.environment}"


@dataclass(frozen=True, kw_only=True)
class InventoryClaim(Claim):
    """How often and in what format the buckets of a name are listed."""

    kind: ClassVar[str] = "inventory"
    buckets: str
    frequency: str
    format: str

    @property
    def subject(self) -> str:
        """The bucket name pattern."""
        return self.buckets


@dataclass(frozen=True, kw_only=True)
class GrantClaim(Claim):
    """An action that a role must be able to do, or must never be, on resources of a pattern."""

    kind: ClassVar[str] = "grant"
    role: str
    action: str
    allowed: bool
    resource: str

    @property
    def subject(self) -> str:
        """Role and action."""
        return f"{self.role} {self.action}"


@dataclass(frozen=True, kw_only=True)
class TopicClaim(Claim):
    """The topic through which a PagerDuty service is paged."""

    kind: ClassVar[str] = "topic"
    service: str
    topic: str

    @property
    def subject(self) -> str:
        """The service."""
        return self.service


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


@dataclass(frozen=True, kw_only=True)
class AlarmClaim(Claim):
    """An alarm: what it watches, its threshold, how far it looks back, what silence means, which service it pages.

    Attributes:
        watches: statistic and name of each metric, as `Maximum StaleObjects`, sorted.
    """

    kind: ClassVar[str] = "alarm"
    alarm: str
    environment: str
    watches: tuple[str, ...]
    threshold: Threshold
    datapoints: Datapoints
    silence: str
    service: str

    @property
    def subject(self) -> str:
        """Alarm and environment."""
        return f"{self.alarm} in {self.environment}"


@dataclass(frozen=True, kw_only=True)
class SettingClaim(Claim):
    """A default of a tool that an operator runs by hand."""

    kind: ClassVar[str] = "setting"
    tool: str
    setting: str
    value: str

    @property
    def subject(self) -> str:
        """Tool and setting."""
        return f"{self.tool} {self.setting}"


@dataclass(frozen=True, kw_only=True)
class WidgetClaim(Claim):
    """A metric that a dashboard shows."""

    kind: ClassVar[str] = "widget"
    dashboard: str
    metric: str

    @property
    def subject(self) -> str:
        """Dashboard and metric."""
        return f"{self.dashboard} {self.metric}"


@dataclass(frozen=True, kw_only=True)
class ParameterClaim(Claim):
    """A parameter in SSM Parameter Store that people read or change; `value` is None where the runbook names none."""

    kind: ClassVar[str] = "parameter"
    parameter: str
    value: str | None

    @property
    def subject(self) -> str:
        """The parameter's name."""
        return self.parameter


@dataclass(frozen=True, kw_only=True)
class LogMetricClaim(Claim):
    """A metric that is counted out of a log group's structured lines."""

    kind: ClassVar[str] = "log metric"
    log_group: str
    field: str
    metric: str

    @property
    def subject(self) -> str:
        """Log group and field."""
        return f"{self.log_group} {self.field}"


@dataclass(frozen=True, kw_only=True)
class EventClaim(Claim):
    """An S3 event that is caught and counted, by dimensions as `("Bucket", "StorageClass")`."""

    kind: ClassVar[str] = "event"
    event: str
    metric: str
    by: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Event and metric."""
        return f"{self.event} {self.metric}"


@dataclass(frozen=True, kw_only=True)
class DocumentClaim(Claim):
    """An SSM Automation document that carries out an emergency step."""

    kind: ClassVar[str] = "document"
    document: str
    call: str
    target: str

    @property
    def subject(self) -> str:
        """The document's name."""
        return self.document


KINDS: tuple[type[Claim], ...] = (
    LifecycleClaim,
    WindowClaim,
    BucketClaim,
    LeftoverClaim,
    GuardClaim,
    ScheduleClaim,
    InventoryClaim,
    GrantClaim,
    TopicClaim,
    AlarmClaim,
    SettingClaim,
    WidgetClaim,
    ParameterClaim,
    LogMetricClaim,
    EventClaim,
    DocumentClaim,
)
"""Every kind of claim there is."""
