"""S3 lifecycle once more, for comparison: every rule asked about every version on every single day.

Nothing is shared with `semantics.lifecycle.simulation` but its vocabulary: the waterfall, the precedence and the
rounding are written out again, and there is no clever jump from one eventful day to the next.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from semantics.lifecycle.model import LifecycleConfiguration, LifecycleRule
from semantics.lifecycle.simulation import Version

DOWNWARD = {
    "STANDARD": "STANDARD_IA INTELLIGENT_TIERING ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE",
    "STANDARD_IA": "INTELLIGENT_TIERING ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE",
    "INTELLIGENT_TIERING": "ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE",
    "ONEZONE_IA": "GLACIER DEEP_ARCHIVE",
    "GLACIER_IR": "GLACIER DEEP_ARCHIVE",
    "GLACIER": "DEEP_ARCHIVE",
    "DEEP_ARCHIVE": "",
}
WINNERS = ["DEEP_ARCHIVE", "GLACIER", "INTELLIGENT_TIERING", "GLACIER_IR", "ONEZONE_IA", "STANDARD_IA"]

Row = tuple[str, int, str, str]
"""Day, version, what happened, class."""


def slow(
    configuration: LifecycleConfiguration,
    key: str,
    versions: list[Version],
    *,
    versioned: bool,
    suspended: datetime | None,
    until: date,
) -> list[Row]:
    """Returns (day, version, action, class) for all that happens up to a day."""
    waiting = sorted(versions, key=lambda v: v.born)
    stack: list[dict[str, Any]] = []  # oldest first
    rows: list[Row] = []
    made = 0
    day = waiting[0].born.date()
    while day <= until:
        off = suspended is not None and datetime(day.year, day.month, day.day, tzinfo=UTC) >= suspended
        rows += _midnight(configuration, key, stack, day, versioned=versioned, off=off, made=made)
        made = max(made, *(r[1] + 1 for r in rows)) if rows else 0
        while waiting and waiting[0].born.date() == day:
            new = waiting.pop(0)
            null = not versioned or new.null or (suspended is not None and new.born >= suspended)
            rows += _replaced(stack, day, null=null)
            if stack:
                stack[-1].setdefault("superseded", day)
            storage_class = "" if new.marker else new.storage_class
            stack.append({"number": made, "v": new, "class": storage_class, "born": day, "null": null})
            rows.append((str(day), made, "marked" if new.marker else "created", storage_class))
            made += 1
        day += timedelta(days=1)
    return rows


def _replaced(stack: list[dict[str, Any]], day: date, *, null: bool) -> list[Row]:
    """Takes the version with the null id from the stack, where another is to have it."""
    gone = [entry for entry in stack if null and entry["null"]]
    for entry in gone:
        stack.remove(entry)
    return [(str(day), entry["number"], "deleted", "") for entry in gone]


def _midnight(
    configuration: LifecycleConfiguration,
    key: str,
    stack: list[dict[str, Any]],
    day: date,
    *,
    versioned: bool,
    off: bool,
    made: int,
) -> list[Row]:
    rows: list[Row] = []
    before = list(stack)
    for place, entry in enumerate(before):
        current = place == len(before) - 1
        newer_noncurrent = len([e for e in before[place + 1 : len(before) - 1] if not e["v"].marker])
        wishes: set[str] = set()
        for rule in configuration.rules:
            if rule.enabled and _concerns(rule, key, entry["v"]):
                wishes |= _wishes(
                    configuration,
                    rule,
                    entry,
                    day,
                    current=current,
                    newer_noncurrent=newer_noncurrent,
                    alone=len(before) == 1,
                )
        held = not entry["v"].marker and entry["v"].held_until is not None and day < entry["v"].held_until
        classes = [c for c in WINNERS if c in wishes and c in DOWNWARD.get(entry["class"], "").split()]
        final = "delete" in wishes and (not current or entry["v"].marker or not versioned)
        if final and not held:
            stack.remove(entry)
            rows.append((str(day), entry["number"], "deleted", ""))
        elif classes:
            entry["class"] = classes[0]
            rows.append((str(day), entry["number"], "moved", classes[0]))
        elif "delete" in wishes and current and versioned and not entry["v"].marker:
            marker = Version(datetime(day.year, day.month, day.day, tzinfo=UTC), 0, marker=True)
            rows += _replaced(stack, day, null=off)
            if stack:
                stack[-1].setdefault("superseded", day)
            stack.append({"number": made, "v": marker, "class": "", "born": day, "null": off})
            rows.append((str(day), made, "marked", ""))
    return rows


def _concerns(rule: LifecycleRule, key: str, version: Version) -> bool:
    f = rule.filter
    if version.marker and (f.tags or f.larger_than is not None or f.smaller_than is not None):
        return False
    if f.larger_than is not None and version.size <= f.larger_than:
        return False
    if f.smaller_than is not None and version.size >= f.smaller_than:
        return False
    return key[: len(f.prefix)] == f.prefix and all(pair in version.tags.items() for pair in f.tags)


def _wishes(
    configuration: LifecycleConfiguration,
    rule: LifecycleRule,
    entry: dict[str, Any],
    day: date,
    *,
    current: bool,
    newer_noncurrent: int,
    alone: bool,
) -> set[str]:
    """What one rule would like to do to one version today: `delete`, or classes to move it to."""
    wishes: set[str] = set()
    marker = entry["v"].marker
    if current:
        age = (day - entry["born"]).days - 1
        end = rule.expiration
        if end and (not marker or alone):
            reached = end.days is not None and age >= end.days
            dated = end.date is not None and age >= 0 and str(day) >= end.date[:10]
            if reached or dated or (marker and end.delete_marker):
                wishes.add("delete")
        moves = [
            t.storage_class
            for t in rule.transitions
            if (t.days is not None and age >= t.days) or (t.date is not None and age >= 0 and str(day) >= t.date[:10])
        ]
    else:
        age = (day - entry["superseded"]).days - 1
        gone = rule.noncurrent_expiration
        if gone and gone.days is not None and age >= gone.days and newer_noncurrent >= (gone.newer_versions or 0):
            wishes.add("delete")
        moves = [
            t.storage_class
            for t in rule.noncurrent_transitions
            if t.days is not None and age >= t.days and newer_noncurrent >= (t.newer_versions or 0)
        ]
    if not marker:
        wishes |= {name for name in moves if _big_enough(configuration, rule, entry["v"].size, name)}
    return wishes


def _big_enough(configuration: LifecycleConfiguration, rule: LifecycleRule, size: int, name: str) -> bool:
    if size >= 131072 or rule.filter.larger_than is not None or rule.filter.smaller_than is not None:
        return True
    return configuration.minimum_size == "varies_by_storage_class" and name in ("GLACIER", "DEEP_ARCHIVE")
