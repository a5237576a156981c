"""Waivers: findings that somebody answers for, exactly as found, until a day.

The file is a YAML list; `audit --write-waiver ID` drafts an entry. A waiver names one resource, property, status and
found value: a further change of the same property is a new finding. Nothing that opens data, weakens a lock, or could
not be read can be waived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import yaml

from audit.model import NO_ANSWERS, Drift, Status, Waiver
from estate.errors import MendableError, using

LONGEST = timedelta(days=90)

NEVER: tuple[tuple[str, str, str], ...] = (
    ("", "", "a value that could not be read"),
    ("aws:s3/bucketObjectLockConfiguration", "", "Object Lock"),
    ("aws:s3/bucket:", "objectLock", "Object Lock"),
    ("aws:s3/bucketPublicAccessBlock", "", "public access"),
    ("aws:s3/bucketAcl", "", "public access"),
    ("aws:iam/role:", "assumeRolePolicy", "who may assume a role"),
    ("aws:iam/rolePolicy", "", "what a role may do"),
    ("aws:s3/bucketPolicy", "", "what a bucket policy allows"),
    ("aws:kms/key:", "policy", "what a key policy allows"),
    ("aws:sns/topicPolicy", "", "what a topic policy allows"),
    ("aws:sqs/queuePolicy", "", "what a queue policy allows"),
)
"""Type prefix, property prefix and name of what no waiver can cover. The first row is for the status unreadable."""


class WaiverError(MendableError):
    """The waivers file can't be used; the message says which entry, what was found and what is expected."""


KEYS: Mapping[str, type] = {
    "type": str,
    "resource": str,
    "property": str,
    "status": str,
    "found": str,
    "reason": str,
    "owner": str,
    "created": date,
    "expires": date,
}
"""Keys of an entry and what they hold; all but `property` are required. Read by hand: Lambda has no pydantic here."""

_WORDS = {str: "a text", date: "a day as 2026-12-31, without quotes"}


def load(path: Path) -> tuple[Waiver, ...]:
    """Reads a waivers file. An absent file holds none.

    Raises:
        WaiverError: the file is not YAML, not a list, or an entry is incomplete, too long or for what can't be waived.
    """
    if not path.exists():
        return ()
    try:
        with using(path):
            text = path.read_text(encoding="utf-8")
        entries: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WaiverError(f"{path}: not readable YAML: {' '.join(str(error).split())}") from error
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise WaiverError(f"{path}: expected a list of waivers, found {type(entries).__name__}")
    return tuple(_read(f"{path}, entry {i}", e) for i, e in enumerate(cast("list[Any]", entries), start=1))


def _read(where: str, raw: Any) -> Waiver:
    entry = _checked(where, raw)
    if (days := (entry["expires"] - entry["created"]).days) > LONGEST.days:
        raise WaiverError(f"{where}: runs {days} days, at most {LONGEST.days} are allowed")
    path, status = entry.get("property", ""), Status(entry["status"])
    if reason := never(entry["type"], path, status):
        raise WaiverError(f"{where}: {reason} can't be waived; put it back or change the program")
    return Waiver(
        type=entry["type"],
        physical=entry["resource"],
        property=path,
        status=status,
        found=entry["found"],
        reason=entry["reason"],
        owner=entry["owner"],
        created=entry["created"].isoformat(),
        expires=entry["expires"].isoformat(),
    )


def _checked(where: str, raw: Any) -> dict[str, Any]:
    """Returns an entry that has every key and no other, each with a value of its type."""

    def wrong(key: str, problem: str) -> WaiverError:
        return WaiverError(f"{where}: {key}: {problem}; known keys: {', '.join(KEYS)}")

    if not isinstance(raw, dict):
        raise wrong("entry", f"expected an object, found {type(raw).__name__}")
    entry = cast("dict[str, Any]", raw)
    for key, value in entry.items():
        if key not in KEYS:
            raise wrong(str(key), "unknown")
        if type(value) is not KEYS[key] or value == "":
            raise wrong(key, f"expected {_WORDS[KEYS[key]]}, found {value!r}")
    for key in KEYS:
        if key not in entry and key != "property":
            raise wrong(key, "missing")
    if entry["status"] not in set(Status):
        raise wrong("status", f"expected one of {', '.join(Status)}, found {entry['status']!r}")
    return entry


def never(kind: str, path: str, status: Status) -> str | None:
    """Names what makes a finding unwaivable, or None where a waiver is possible."""
    if status in NO_ANSWERS:
        return NEVER[0][2]
    rows = (r for r in NEVER[1:] if kind.startswith(r[0]) and path.startswith(r[1]))
    return next((reason for _, _, reason in rows), None)


def apply(
    findings: Iterable[Drift], waivers: Sequence[Waiver], today: date
) -> tuple[tuple[Drift, ...], tuple[str, ...]]:
    """Attaches waivers in force to the findings they match exactly.

    Returns:
        The findings, and a sentence for each waiver that expired or met nothing.
    """
    used: set[Waiver] = set()
    marked: list[Drift] = []
    for finding in findings:
        waiver = next((w for w in waivers if _covers(w, finding)), None)
        if waiver:
            used.add(waiver)
        in_force = waiver if waiver and date.fromisoformat(waiver.expires) >= today else None
        marked.append(replace(finding, waiver=in_force))
    notes: list[str] = []
    for waiver in waivers:
        what = f"waiver for {waiver.physical} {waiver.property}".rstrip() + f" ({waiver.owner})"
        if waiver not in used:
            notes.append(f"{what} met no finding: remove it")
        elif date.fromisoformat(waiver.expires) < today:
            notes.append(f"{what} expired on {waiver.expires}: the finding counts again")
    return tuple(marked), tuple(notes)


def _covers(waiver: Waiver, finding: Drift) -> bool:
    subject = finding.subject
    return (waiver.type, waiver.physical, waiver.property, waiver.status, waiver.found) == (
        subject.type,
        subject.physical,
        subject.property,
        finding.status,
        finding.found,
    ) and never(subject.type, subject.property, finding.status) is None


def draft(finding: Drift, today: date) -> str:
    """Writes the YAML entry for a finding; reason and owner are left for a person to fill in.

    Raises:
        WaiverError: the finding is of a kind that can't be waived.
    """
    subject = finding.subject
    if reason := never(subject.type, subject.property, finding.status):
        raise WaiverError(f"{subject}: {reason} can't be waived; put it back or change the program")
    entry = {
        "type": subject.type,
        "resource": subject.physical,
        "property": subject.property or None,
        "status": str(finding.status),
        "found": finding.found,
        "reason": "FILL IN: why this may stay, and until when",
        "owner": "FILL IN: who answers for it",
        "created": today,
        "expires": today + LONGEST,
    }
    return yaml.safe_dump([{k: v for k, v in entry.items() if v is not None}], sort_keys=False, allow_unicode=True)
