from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site


@dataclass(frozen=True)
class DeploymentMarkerArgs:
    """Arguments of `DeploymentMarker`.

    Attributes:
        parameter: physical name of the parameter.
        estate_hash: SHA-256 of what is deployed.
        description: what it says, for people.
        after: what must stand before it is written.
    """

    parameter: str
    estate_hash: str
    description: str
    after: Sequence[pulumi.Resource] = ()


class DeploymentMarker(Component):
    """A parameter with the hash of what is being deployed, written before everything else, and another after it.

    Where the two differ a deployment is under way, and the audit does not call drift what is only half done. A `pulumi
    up` that declares nothing new, a repair, moves neither: an audit at that moment may find what is being mended.

    Attributes:
        parameter: the parameter.
    """

    runbook = Section.LIFECYCLE

    def __init__(
        self, name: str, site: Site, args: DeploymentMarkerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts)
        self.parameter = aws.ssm.Parameter(
            name,
            name=args.parameter,
            type="String",
            value=args.estate_hash,
            description=args.description,
            tags=self.tags,
            opts=self.child(depends_on=args.after),
        )
        self.finish(parameter=args.parameter)
