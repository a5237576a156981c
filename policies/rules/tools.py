"""What people use by hand in an emergency is there, with the values that the runbook names."""

from collections.abc import Iterator
from typing import Any

from estate.model import Estate, Resource
from estate.settings import settings_of
from estate.views import at
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule
from policies.runbook.claims import DocumentClaim, ParameterClaim, SettingClaim
from policies.runbook.reader import Runbook


def _settings(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    for claim in runbook.of(SettingClaim):
        defaults = claim.tool.removesuffix(".py") + ".env"
        resource = next((r for r, _ in settings_of(estate, {claim.setting}) if r.name == defaults), None)
        if resource is None:
            yield absent(f"settings/file {defaults}", claim.setting, claim.value, claim)
        else:
            yield equal(
                resource, claim.setting, claim.value, resource.properties[claim.setting], claim, scope=claim.setting
            )


def _parameters(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {str(r.properties.get("name")): r for r in estate.of_type("ssm/parameter:Parameter")}
    for claim in runbook.of(ParameterClaim):
        parameter = declared.get(claim.parameter)
        if parameter is None:
            yield absent(f"ssm/parameter {claim.parameter}", "name", "a parameter of that name", claim)
            continue
        if claim.value is not None:
            yield equal(parameter, "value", claim.value, parameter.properties.get("value"), claim, scope="value")
        name = parameter.properties.get("name")
        yield equal(parameter, "name", claim.parameter, name, claim, scope="name")


def _documents(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {str(r.properties.get("name")): r for r in estate.of_type("ssm/document:Document")}
    for claim in runbook.of(DocumentClaim):
        document = declared.get(claim.document)
        if document is None:
            yield absent(f"ssm/document {claim.document}", "name", "a document of that name", claim)
            continue
        kind = document.properties.get("documentType")
        yield equal(document, "documentType", "Automation", kind, claim, scope="documentType")
        yield equal(document, "name", claim.document, document.properties.get("name"), claim, scope="name")
        yield from _calling(document, claim)


def _calling(document: Resource, claim: DocumentClaim) -> Iterator[Comparison]:
    """Compares the step that makes the claim's call: its service, its action, and what it is made on."""
    service, _, action = claim.call.partition(":")
    steps: list[dict[str, Any]] = [at(s, "inputs") or {} for s in at(document.properties, "content", "mainSteps") or ()]
    index = next((i for i, s in enumerate(steps) if s.get("Api") == action), 0)
    inputs = steps[index] if steps else {}
    path = f"content.mainSteps[{index}].inputs"
    yield equal(document, f"{path}.Service", service, inputs.get("Service"), claim, scope=f"{path}.Service")
    yield equal(document, f"{path}.Api", action, inputs.get("Api"), claim, scope=f"{path}.Api")
    key = next((k for k, v in inputs.items() if v == claim.target), None)
    place = f"{path}.{key}" if key else path
    found = inputs.get(key) if key else None
    yield equal(document, place, claim.target, found, claim, scope=place)


RULES = (
    rule(
        "setting",
        "A tool does by default what the runbook says it does.",
        Severity.MEDIUM,
        (SettingClaim.kind,),
        why="A restore would last too short, cost too much, or look in the wrong place.",
        compare=_settings,
    ),
    rule(
        "parameter",
        "What people change in an emergency is there to be changed.",
        Severity.MEDIUM,
        (ParameterClaim.kind,),
        why="The command of the runbook would change nothing.",
        compare=_parameters,
    ),
    rule(
        "document",
        "Emergency steps are one click.",
        Severity.MEDIUM,
        (DocumentClaim.kind,),
        why="Somebody would type the command by hand at 3 a.m.",
        compare=_documents,
    ),
)
