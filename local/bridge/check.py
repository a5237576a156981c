"""Are inputs such that the provider can be asked for them?"""

from collections.abc import Mapping

from local.bridge.convert import ConversionError
from local.bridge.properties import Property
from local.bridge.resource import ResourceType
from local.bridge.values import UNKNOWN


def check(resource: ResourceType, inputs: Mapping[str, Property], region: str) -> list[ConversionError]:
    """Return what is wrong with inputs: first what can't be said to the provider at all, else what it says itself.

    Args:
        resource: the resource's type.
        inputs: the program's inputs, the chosen name among them.
        region: the only region there is.
    """
    missing = sorted(resource.sdk.required - set(inputs))
    failures = [ConversionError(name, "this property is required") for name in missing]
    for name, value in inputs.items():
        reason = None if name.startswith("__") else _refusal(resource, name, value, region)
        if reason is not None:
            failures.append(ConversionError(name, reason))
    if failures:
        return failures
    try:
        return resource.validate(resource.configuration(inputs))
    except ConversionError as error:
        return [error]


def _refusal(resource: ResourceType, name: str, value: Property, region: str) -> str | None:
    if name == "region" and name in resource.sdk.inputs:
        fits = value in (region, None, UNKNOWN)
        return None if fits else f"the local account is in {region} only, found {value}; leave it out of stack local"
    if name in resource.sdk.absent:
        return (
            "pulumi-aws 7 has this property, but the Terraform provider 5.100 behind the local account has not; "
            "leave it out of stack local"
        )
    return None if name in resource.sdk.inputs else f"{resource.name} takes no such property"
