"""Settings that stand in files beside the program, as resources of an estate; `declared.settings_files` reads them."""

from collections.abc import Iterator

from estate.model import Estate, Resource
from estate.names import PREFIX, PROJECT

SETTINGS = f"{PREFIX}:settings/file:File"
"""Type of a settings file."""

JOB_SETTING = "RETENTION_WINDOW_DAYS"
STACK_SETTING = f"{PROJECT}:recordingsWindowDays"
ENVIRONMENT_SETTING = f"{PROJECT}:environment"
PARAMETER = f"/{PREFIX}/retention/RETENTION_WINDOW_DAYS"
"""Name of the parameter that the running job reads."""


def settings_of(declared: Estate, settings: set[str]) -> Iterator[tuple[Resource, str]]:
    """Yields the files that hold one of the settings, each with the setting's name."""
    for resource in declared.resources:
        if resource.type == SETTINGS:
            for setting in sorted(settings & resource.properties.keys()):
                yield resource, setting
