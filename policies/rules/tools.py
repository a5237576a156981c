"""What people use by hand in an emergency is there, with the values that the runbook names."""

from collections.abc import Iterator
from typing import Any

from estate.model import Estate, Resource
from estate.paths import Path, at
from estate.settings import SETTINGS, settings_of
from policies.comparison import Comparison, absent, equal, expect, undeclared
from policies.finding import Severity
from policies.rule import rule
from policies.runbook.claims import DocumentClaim, ParameterClaim, SettingClaim
from policies.runbook.reader import Runbook

PARAMETER = "ssm/parameter:Parameter"
DOCUMENT = "ssm/document:Document"


@rule(
    "setting",
    "A tool does by default what the runbook says it does.",
    Severity.MEDIUM,
    (SettingClaim,),
    why="A restore would last too short, cost too much, or look in the wrong place.",
)
def setting(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each tool's defaults with their rows."""
    for claim in runbook.of(SettingClaim):
        defaults, path = claim.tool.removesuffix(".py") + ".env", (claim.setting,)
        file = next((r for r, _ in settings_of(estate, {claim.setting}) if r.name == defaults), None)
        if file is None:
            yield absent(Resource(SETTINGS, defaults), path, claim.value, claim)
        else:
            yield expect(file, path, claim.value, claim, scope=path)


@rule(
    "parameter",
    "What people change in an emergency is there to be changed.",
    Severity.MEDIUM,
    (ParameterClaim,),
    why="The command of the runbook would change nothing.",
)
def parameter(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each parameter with its row."""
    declared = {str(r.properties.get("name")): r for r in estate.of_type(PARAMETER)}
    for claim in runbook.of(ParameterClaim):
        found = declared.get(claim.parameter)
        if found is None:
            yield absent(undeclared(PARAMETER, claim.parameter), ("name",), "a parameter of that name", claim)
            continue
        if claim.value is not None:
            yield expect(found, ("value",), claim.value, claim, scope=("value",))
        yield expect(found, ("name",), claim.parameter, claim, scope=("name",))


@rule(
    "document",
    "Emergency steps are one click.",
    Severity.MEDIUM,
    (DocumentClaim,),
    why="Somebody would type the command by hand at 3 a.m.",
)
def document(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each Automation document, and the call it makes, with its row."""
    declared = {str(r.properties.get("name")): r for r in estate.of_type(DOCUMENT)}
    for claim in runbook.of(DocumentClaim):
        found = declared.get(claim.document)
        if found is None:
            yield absent(undeclared(DOCUMENT, claim.document), ("name",), "a document of that name", claim)
            continue
        yield expect(found, ("documentType",), "Automation", claim, scope=("documentType",))
        yield expect(found, ("name",), claim.document, claim, scope=("name",))
        yield from _call(found, claim)


def _call(found: Resource, claim: DocumentClaim) -> Iterator[Comparison]:
    """Compares the step that makes the claim's call: its service, its action, and what it is made on."""
    service, _, action = claim.call.partition(":")
    steps: Path = ("content", "mainSteps")
    inputs: list[dict[str, Any]] = [at(s, "inputs") or {} for s in at(found.properties, *steps) or ()]
    index = next((i for i, step in enumerate(inputs) if step.get("Api") == action), 0)
    path = (*steps, index, "inputs")
    for key, wanted in (("Service", service), ("Api", action)):
        yield expect(found, (*path, key), wanted, claim, scope=(*path, key))
    key = next((k for k, v in (inputs[index] if inputs else {}).items() if v == claim.target), None)
    place = (*path, key) if key else path
    yield equal(found, place, claim.target, at(found.properties, *place) if key else None, claim, scope=place)


RULES = (setting, parameter, document)
