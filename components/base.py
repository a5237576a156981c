"""What every component shares: its type token, its tags, and how it makes its children.

A component is one file with a frozen arguments dataclass and a class:

    @dataclass(frozen=True)
    class ShelfArgs:
        '''Arguments of `Shelf`: each attribute documented.'''

    class Shelf(Component):
        '''One sentence: what stands here and why.'''

        runbook = Section.LIFECYCLE

        def __init__(self, name: str, site: Site, args: ShelfArgs, opts: pulumi.ResourceOptions | None = None) -> None:
            super().__init__(name, site, opts)
            aws.sns.Topic(name, name="author-shelf", tags=self.tags, opts=self.child())
            self.finish(topic="author-shelf")

Physical names are explicit and come from `site.names`; policies are JSON text made by `components.policy.document`
from ARNs of `site.names`, never from outputs; order is given by `self.child(depends_on=[...])`.
`tests/components/test_contract.py` holds every component to this.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import pulumi

from estate.names import PREFIX, PROJECT, Names


class Section(StrEnum):
    """Sections of docs/runbook.md, by anchor: the value of the tag `runbook`."""

    ON_CALL = "on-call"
    RETENTION = "retention-job"
    INCIDENTS = "incident-response"
    LIFECYCLE = "lifecycle"
    HYGIENE = "hygiene"
    RESTORE = "restore"
    DASHBOARDS = "dashboards-and-alarms"


@dataclass(frozen=True)
class Site:
    """Where a stack stands and how carefully it treats data.

    Attributes:
        names: every physical name and ARN.
        owner: team that answers for the resources; the tag `owner`.
        protect_data: whether the engine refuses to delete what holds data. True in production.
        disposable: whether buckets are emptied when they are destroyed. True in `local` only.
        opened: marker of a deployment's begin, made before everything else; None where there is none.
        standing: every component made on the site, for the marker of a deployment's end.
    """

    names: Names
    owner: str
    protect_data: bool
    disposable: bool
    opened: pulumi.Resource | None = None
    standing: "list[Component]" = field(default_factory=list["Component"], compare=False)


class Component(pulumi.ComponentResource):
    """Base of all components.

    Attributes:
        runbook: section that the component serves; a class attribute of each subclass. Building blocks that serve
            several sections are given one.
        site: where it stands.
        tags: `project`, `environment`, `owner`, `runbook`, for every child that can carry them.
    """

    runbook: ClassVar[Section]

    def __init__(
        self, name: str, site: Site, opts: pulumi.ResourceOptions | None = None, *, runbook: Section | None = None
    ) -> None:
        super().__init__(f"{PREFIX}:storage:{type(self).__name__}", name, None, opts)
        self.site = site
        site.standing.append(self)
        self.tags = {
            "project": PROJECT,
            "environment": site.names.environment,
            "owner": site.owner,
            "runbook": str(runbook or self.runbook),
        }

    def child(self, *, depends_on: Sequence[pulumi.Resource] = (), holds_data: bool = False) -> pulumi.ResourceOptions:
        """Options of a child.

        Args:
            depends_on: what must stand before it and fall after it; needed where a name, not an output, refers to it.
            holds_data: whether losing it loses data; then production protects it.
        """
        first = [self.site.opened] if self.site.opened else []
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=[*first, *depends_on],
            protect=True if holds_data and self.site.protect_data else None,
        )

    def finish(self, **outputs: Any) -> None:
        """Registers the component's outputs; the last thing a constructor does."""
        self.register_outputs(outputs)
