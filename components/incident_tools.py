import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from estate.names import PREFIX


@dataclass(frozen=True)
class IncidentToolsArgs:
    """Arguments of `IncidentTools`.

    Attributes:
        database_cluster: RDS cluster that can be failed over.
        detector_model_version: version that the detector starts with; afterwards people set it.
        saturated_replicas: workers to scale to when the queue is full.
    """

    database_cluster: str
    detector_model_version: str
    saturated_replicas: int


class IncidentTools(Component):
    """What people reach for in an incident: parameters they set, and one-click Automation documents.

    Documents have no role of their own: they run with the permissions of the person who starts them.
    """

    runbook = Section.INCIDENTS

    def __init__(
        self, name: str, site: Site, args: IncidentToolsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts)
        names = site.names
        self._parameter(f"{PREFIX}-deleters", names.stop_parameter, "run", "Anything but `run` stops every deleter.")
        self._parameter(
            f"{PREFIX}-detector-model",
            names.detector_parameter,
            args.detector_model_version,
            "Model version of the detector; set the one that was good, then redeploy the workers.",
        )
        self._parameter(
            f"{PREFIX}-backpressure", names.backpressure_parameter, "off", "`on` makes the ingestion gateway refuse."
        )
        aws.ssm.Parameter(
            f"{PREFIX}-saturated-replicas",
            name=names.replicas_parameter,
            type="String",
            value=str(args.saturated_replicas),
            description="Workers to scale to when the queue is saturated.",
            tags=self.tags,
            opts=self.child(),
        )
        self._document(
            f"{PREFIX}-database-failover",
            f"Fails the database cluster {args.database_cluster} over to its replica.",
            {},
            [_call("failover", "rds", "FailoverDBCluster", {"DBClusterIdentifier": args.database_cluster})],
        )
        self._document(
            f"{PREFIX}-detector-rollback",
            "Sets the detector's model version; redeploy the workers afterwards.",
            {"Version": {"type": "String", "description": "The version that was good."}},
            [_put_parameter("setVersion", names.detector_parameter, "{{ Version }}")],
        )
        self._document(
            f"{PREFIX}-queue-saturation",
            "Turns backpressure on or off at the ingestion gateway; scale the workers first.",
            {"Backpressure": {"type": "String", "default": "on", "allowedValues": ["on", "off"]}},
            [_put_parameter("setBackpressure", names.backpressure_parameter, "{{ Backpressure }}")],
        )
        self.finish(parameters=[names.stop_parameter, names.detector_parameter, names.backpressure_parameter])

    def _parameter(self, logical_name: str, parameter: str, value: str, description: str) -> None:
        """A parameter that people change by hand: a deployment leaves its value alone."""
        options = pulumi.ResourceOptions.merge(self.child(), pulumi.ResourceOptions(ignore_changes=["value"]))
        aws.ssm.Parameter(
            logical_name,
            name=parameter,
            type="String",
            value=value,
            description=description,
            tags=self.tags,
            opts=options,
        )

    def _document(
        self, document: str, description: str, parameters: Mapping[str, Any], steps: list[dict[str, Any]]
    ) -> None:
        content: dict[str, Any] = {"schemaVersion": "0.3", "description": description, "mainSteps": steps}
        if parameters:
            content["parameters"] = parameters
        aws.ssm.Document(
            document,
            name=document,
            document_type="Automation",
            document_format="JSON",
            content=json.dumps(content),
            tags=self.tags,
            opts=self.child(),
        )


def _call(step: str, service: str, api: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": step, "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **inputs}}


def _put_parameter(step: str, parameter: str, value: str) -> dict[str, Any]:
    return _call(step, "ssm", "PutParameter", {"Name": parameter, "Value": value, "Overwrite": True})
