"""What the runbook claims, as frozen values: each kind with its fields and the columns of the table that fill them."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from policies.runbook import cells
from policies.runbook.cadence import Cadence
from policies.runbook.cells import Column
from policies.runbook.values import (
    GUARD_SETTINGS,
    AfterDays,
    Cipher,
    Datapoints,
    Guard,
    Lock,
    Move,
    OnRetentionExpiry,
    Threshold,
)
from semantics.lifecycle.storage_classes import StorageClass


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim, and where it stands.

    A kind is a class: its fields with a `Column` make its table, in their order. One without is read by `chain`.

    Attributes:
        kind: what it is called.
        about: what it speaks of, fields in braces; unique within its kind.
        line: its line in the document, from 1.
        column: column of its first character, from 1.
        text: its source text.
    """

    kind: ClassVar[str]
    about: ClassVar[str]
    line: int = 0
    column: int = 0
    text: str = ""

    @property
    def subject(self) -> str:
        """What it speaks of."""
        return self.about.format(**vars(self))

    @property
    def id(self) -> str:
        """Stable name, as `lifecycle author-exports-*`."""
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, kw_only=True)
class LifecycleClaim(Claim):
    """The life of an object in all buckets of a name, as `author-recordings-*`; `end` is None where it stays."""

    kind: ClassVar[str] = "lifecycle"
    about: ClassVar[str] = "{buckets}"
    buckets: str
    start: StorageClass
    moves: tuple[Move, ...]
    end: AfterDays | OnRetentionExpiry | None


@dataclass(frozen=True, kw_only=True)
class WindowClaim(Claim):
    """For how many days an environment keeps recordings."""

    kind: ClassVar[str] = "window"
    about: ClassVar[str] = "{environment}"
    environment: Annotated[str, Column("Environment", cells.ENVIRONMENT)]
    days: Annotated[int, Column("Recordings are kept", cells.DAYS)]


@dataclass(frozen=True, kw_only=True)
class BucketClaim(Claim):
    """How the buckets of a name are kept."""

    kind: ClassVar[str] = "bucket"
    about: ClassVar[str] = "{buckets}"
    buckets: Annotated[str, Column("Buckets", cells.BUCKETS)]
    versioned: Annotated[bool, Column("Versioned", cells.YES_NO)]
    lock: Annotated[Lock, Column("Object Lock", cells.words(Lock))]
    cipher: Annotated[Cipher, Column("Encrypted with", cells.words(Cipher))]
    logged: Annotated[bool, Column("Access logged", cells.YES_NO)]
    measured: Annotated[bool, Column("Requests measured", cells.YES_NO)]


@dataclass(frozen=True, kw_only=True)
class LeftoverClaim(Claim):
    """How many days what is left behind in buckets of a name stays; `noncurrent_days` is None where nothing is kept."""

    kind: ClassVar[str] = "leftover"
    about: ClassVar[str] = "{buckets}"
    buckets: Annotated[str, Column("Left behind in", cells.BUCKETS)]
    noncurrent_days: Annotated[int | None, Column("Noncurrent versions stay", cells.OPTIONAL_DAYS)]
    upload_days: Annotated[int, Column("Unfinished uploads stay", cells.DAYS)]


@dataclass(frozen=True, kw_only=True)
class GuardClaim(Claim):
    """One guard of every bucket, and its setting in the runbook's words."""

    kind: ClassVar[str] = "guard"
    about: ClassVar[str] = "{guard}"
    guard: Annotated[Guard, Column("In every bucket", cells.words(Guard))]
    setting: Annotated[str, Column("Must be", cells.choice({s: s for s in GUARD_SETTINGS.values()}))]


@dataclass(frozen=True, kw_only=True)
class ScheduleClaim(Claim):
    """When something runs by itself, in an environment or in `every` one."""

    kind: ClassVar[str] = "schedule"
    about: ClassVar[str] = "{schedule} in {environment}"
    schedule: Annotated[str, Column("Schedule", cells.NAME)]
    environment: Annotated[str, Column("Environment", cells.ENVIRONMENT_OR_EVERY)]
    cadence: Annotated[Cadence, Column("Runs", cells.CADENCE)]


@dataclass(frozen=True, kw_only=True)
class InventoryClaim(Claim):
    """How often and in what format the buckets of a name are listed."""

    kind: ClassVar[str] = "inventory"
    about: ClassVar[str] = "{buckets}"
    buckets: Annotated[str, Column("Inventory of", cells.BUCKETS)]
    frequency: Annotated[str, Column("Made", cells.choice({"weekly": "Weekly", "daily": "Daily"}))]
    format: Annotated[str, Column("Format", cells.choice({f: f for f in ("Parquet", "ORC", "CSV")}))]


@dataclass(frozen=True, kw_only=True)
class GrantClaim(Claim):
    """An action that a role must be able to do, or must never be, on resources of a pattern."""

    kind: ClassVar[str] = "grant"
    about: ClassVar[str] = "{role} {action}"
    role: Annotated[str, Column("Role", cells.NAME)]
    action: Annotated[str, Column("Action", cells.ACTION)]
    allowed: Annotated[bool, Column("Allowed", cells.choice({"must be": True, "never": False}))]
    resource: Annotated[str, Column("On", cells.RESOURCE)]


@dataclass(frozen=True, kw_only=True)
class TopicClaim(Claim):
    """The topic through which a PagerDuty service is paged."""

    kind: ClassVar[str] = "topic"
    about: ClassVar[str] = "{service}"
    service: Annotated[str, Column("PagerDuty service", cells.NAME)]
    topic: Annotated[str, Column("Topic", cells.NAME)]


@dataclass(frozen=True, kw_only=True)
class AlarmClaim(Claim):
    """An alarm: what it watches, its threshold, how far it looks back, what silence means, which service it pages.

    Attributes:
        watches: statistic and name of each metric, as `Maximum StaleObjects`, sorted.
    """

    kind: ClassVar[str] = "alarm"
    about: ClassVar[str] = "{alarm} in {environment}"
    alarm: Annotated[str, Column("Alarm", cells.NAME)]
    environment: Annotated[str, Column("Environment", cells.ENVIRONMENT_OR_EVERY)]
    watches: Annotated[tuple[str, ...], Column("Watches", cells.STATISTICS)]
    threshold: Annotated[Threshold, Column("Fires", cells.THRESHOLD)]
    datapoints: Annotated[Datapoints, Column("In", cells.DATAPOINTS)]
    silence: Annotated[str, Column("No data means", cells.SILENCE)]
    service: Annotated[str, Column("Pages", cells.NAME)]


@dataclass(frozen=True, kw_only=True)
class SettingClaim(Claim):
    """A default of a tool that an operator runs by hand."""

    kind: ClassVar[str] = "setting"
    about: ClassVar[str] = "{tool} {setting}"
    tool: Annotated[str, Column("Tool", cells.SCRIPT)]
    setting: Annotated[str, Column("Setting", cells.FIELD)]
    value: Annotated[str, Column("Default", cells.VALUE)]


@dataclass(frozen=True, kw_only=True)
class WidgetClaim(Claim):
    """A metric that a dashboard shows."""

    kind: ClassVar[str] = "widget"
    about: ClassVar[str] = "{dashboard} {metric}"
    dashboard: Annotated[str, Column("Dashboard", cells.NAME)]
    metric: Annotated[str, Column("Metric", cells.METRIC)]


@dataclass(frozen=True, kw_only=True)
class ParameterClaim(Claim):
    """A parameter in SSM Parameter Store that people read or change; `value` is None where the runbook names none."""

    kind: ClassVar[str] = "parameter"
    about: ClassVar[str] = "{parameter}"
    parameter: Annotated[str, Column("Parameter", cells.PATH)]
    value: Annotated[str | None, Column("Value", cells.OPTIONAL_VALUE)]


@dataclass(frozen=True, kw_only=True)
class LogMetricClaim(Claim):
    """A metric that is counted out of a log group's structured lines."""

    kind: ClassVar[str] = "log metric"
    about: ClassVar[str] = "{log_group} {field}"
    log_group: Annotated[str, Column("Log group", cells.PATH)]
    field: Annotated[str, Column("Field", cells.FIELD)]
    metric: Annotated[str, Column("Counted as", cells.METRIC)]


@dataclass(frozen=True, kw_only=True)
class EventClaim(Claim):
    """An S3 event that is caught and counted, by dimensions as `("Bucket", "StorageClass")`."""

    kind: ClassVar[str] = "event"
    about: ClassVar[str] = "{event} {metric}"
    event: Annotated[str, Column("S3 event", cells.EVENT)]
    metric: Annotated[str, Column("Counted as", cells.METRIC)]
    by: Annotated[tuple[str, ...], Column("By", cells.DIMENSIONS)]


@dataclass(frozen=True, kw_only=True)
class DocumentClaim(Claim):
    """An SSM Automation document that carries out an emergency step."""

    kind: ClassVar[str] = "document"
    about: ClassVar[str] = "{document}"
    document: Annotated[str, Column("Automation document", cells.NAME)]
    call: Annotated[str, Column("Calls", cells.ACTION)]
    target: Annotated[str, Column("On", cells.VALUE)]


KINDS: tuple[type[Claim], ...] = tuple(Claim.__subclasses__())
"""Every kind of claim there is: the classes above."""
