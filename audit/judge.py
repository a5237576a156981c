"""Turns observations into drift: changed, missing, unmanaged, unreadable. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit.compare import Difference, differences, is_blank
from audit.model import PROGRAM, Drift, Status, Subject, canonical
from audit.observe import Observation
from audit.remedies import accept, put_back, severity
from audit.spelling import same_spelling
from audit.table import Attribute
from estate.model import Estate
from estate.paths import Path, keys, spelled
from semantics.words import ABSENT

WHY = {
    Status.CHANGED: "The account is not what the program at this commit declares.",
    Status.MISSING: "The program declares it and the account does not have it.",
    Status.UNMANAGED: "The account has it and nothing declares it: nobody reviewed it and no rule of ours covers it.",
    Status.UNREADABLE: "What can't be seen is not known to be right.",
}


@dataclass(frozen=True)
class Context:
    """What every comparison needs.

    Attributes:
        estate: the declared one.
        declared_keys, observed_keys: KMS key id → alias, on either side.
    """

    estate: Estate
    declared_keys: Mapping[str, str]
    observed_keys: Mapping[str, str]


@dataclass(frozen=True)
class Judged:
    """A drift, and the path of its property, of which a report keeps the words only."""

    drift: Drift
    path: Path


def judge(observation: Observation, context: Context) -> Iterator[Judged]:
    """Yields what is off in one place."""
    place = observation.place
    for path, answer in observation.unreadable.items():
        yield _judged(observation, context, Difference((path,), Status.UNREADABLE, "a readable value", answer))
    if place.declared is None:
        values = observation.values or {}
        shown = {k: v for k, v in values.items() if k not in place.kind.identity and not is_blank(v)}
        if observation.values is not None and (shown or not observation.unreadable):
            found = same_spelling(shown, context.observed_keys, context.estate.account)
            yield _judged(observation, context, Difference((), Status.UNMANAGED, ABSENT, found))
        return
    if observation.values is None:
        yield _judged(observation, context, Difference((), Status.MISSING, "present", ABSENT))
        return
    for attribute in place.kind.attributes:
        if attribute.path in observation.values and attribute.path not in place.kind.identity:
            for difference in _differences(attribute, observation, context):
                yield _judged(observation, context, difference)


def _differences(attribute: Attribute, observation: Observation, context: Context) -> Iterator[Difference]:
    declared = observation.place.declared
    assert declared is not None  # noqa: S101 - the caller looked
    account = context.estate.account
    path = attribute.path
    expected = declared.properties.get(path)
    found = (observation.values or {}).get(path)
    if expected is None and found is not None:
        expected = attribute.default
    exempt = observation.place.kind.exempt
    for difference in differences(
        (path,),
        same_spelling(expected, context.declared_keys, account),
        same_spelling(found, context.observed_keys, account),
    ):
        plain = ".".join(keys(difference.path))  # exemptions hold for every member of a list
        if not any(plain == e or plain.startswith(f"{e}.") for e in exempt):
            yield difference


def _judged(observation: Observation, context: Context, difference: Difference) -> Judged:
    place, status = observation.place, difference.status
    declared = place.declared
    source = (declared.source if declared else "") or PROGRAM
    name = declared.name if declared else place.physical
    subject = Subject(place.kind.type, name, place.physical, spelled(difference.path))
    drift = Drift(
        subject=subject,
        status=status,
        severity=severity(subject, status),
        expected=_text(difference.expected),
        found=str(difference.found) if status is Status.UNREADABLE else _text(difference.found),
        why=WHY[status],
        claim=None,
        rule=None,
        source=source,
        put_back=put_back(place, status, context.estate.stack),
        accept=accept(subject, status, source),
    )
    return Judged(drift, difference.path)


def _text(value: Any) -> str:
    return ABSENT if value == ABSENT else canonical(value)
