"""What people use by hand in an emergency is there, with the values that the runbook names."""

from collections.abc import Iterator

from policies.claims import DocumentClaim, ParameterClaim, SettingClaim
from policies.estate import Estate
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule
from policies.runbook import Runbook
from policies.settings_files import settings_of
from policies.views import named


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
        content = str(document.properties.get("content"))
        service, _, action = claim.call.partition(":")
        for part in (service, action, claim.target):
            holds = f"'{part}'" in content
            yield Comparison(named(document), "content", part, part if holds else "not named", holds, claim, "name")


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
