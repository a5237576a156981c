"""What stands beside S3 in the stub: its own controls, the stop parameter of SSM, and Lambda's invocations."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, cast
from urllib.parse import unquote

from tests.stubs.s3.api import Api
from tests.stubs.s3.behaviour import Behaviour, Fault, Latency, Throttle
from tests.stubs.s3.locks import Lock
from tests.stubs.s3.messages import Answer
from tests.stubs.s3.store import Bucket

CONTROL = "/_stub/"


@dataclass
class Services:
    """All of the stub's state.

    Attributes:
        parameters: SSM parameters by name.
        invocations: events that Lambda functions were invoked with.
        clock_ahead: seconds by which S3's clock runs ahead of this machine's.
        began: when the first request came since `behave`; 0 before it.
        ended: when the last answer went out.
    """

    api: Api = field(default_factory=Api)
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    invocations: list[Any] = field(default_factory=list[Any])
    clock_ahead: float = 0.0
    began: float = 0.0
    ended: float = 0.0

    def asked(self, method: str, path: str, headers: dict[str, str]) -> str:
        """The name of what is asked where it is not S3 that is asked; else nothing."""
        if headers.get("x-amz-target") == "AmazonSSM.GetParameter":
            return "GetParameter"
        return "Invoke" if path.startswith("/2015-03-31/functions/") and method == "POST" else ""

    def answer(self, operation: str, body: bytes) -> tuple[Answer, str]:
        """Answers what is not S3, and says how the answer goes wrong."""
        self.api.counts[operation] += 1
        fault = self.api.behaviour.fault(operation, self.api.counts[operation])
        if fault and fault.kind == "error":
            said = json.dumps({"__type": fault.code, "message": fault.code}).encode()
            return Answer(fault.status, said, headers=(("x-amzn-errortype", fault.code),)), ""
        if operation == "GetParameter":
            return self._parameter(json.loads(body)["Name"]), fault.kind if fault else ""
        self.invocations.append(json.loads(body))
        return Answer(202, b""), fault.kind if fault else ""

    def _parameter(self, name: str) -> Answer:
        if name not in self.parameters:
            return Answer(400, b'{"__type": "ParameterNotFound"}')
        value = {"Name": name, "Value": self.parameters[name], "Type": "String"}
        return Answer(200, json.dumps({"Parameter": value}).encode())

    def control(self, what: str, body: bytes) -> Answer:
        """Does what whoever started the stub asks for."""
        return Answer(200, json.dumps(self._control(what, body)).encode())

    def _control(self, what: str, body: bytes) -> object:
        given = cast("dict[str, Any]", json.loads(body or b"{}"))
        match what:
            case "reset":
                self._reset(**given)
            case "fill":
                hold = given.pop("hold", "")
                self.api.bucket.fill(**given, lock=Lock(hold) if hold else None)
            case "put":
                self.api.bucket.put(given["key"], given["body"].encode(), given["modified"])
            case "delete":
                self.api.bucket.delete(given["key"], None, None, given["modified"])
            case "suspend":
                self.api.bucket.suspended = given["suspended"]
            case "upload":
                self.api.bucket.uploads[given["key"], given["id"]] = given["began"]
            case "behave":
                self._behave(**given)
            case "parameters":
                self.parameters = given
            case "state":
                return self._state()
            case _:
                raise ValueError(f"unknown control {unquote(what)}")
        return {}

    def _reset(self, versioned: bool, tags: dict[str, str], locked: bool = False) -> None:
        bucket = Bucket(versioned=versioned or locked, locked=locked)
        self.__init__(api=Api(bucket=bucket, tags=tags))

    def _behave(self, clock_ahead: float, **given: Any) -> None:
        self.clock_ahead, self.began, self.ended = clock_ahead, 0.0, 0.0
        self.api.behaviour = Behaviour(
            Latency(**given["latency"]),
            Throttle(**given["throttle"]),
            [Fault(**fault) for fault in given["faults"]],
            given["unreadable"],
        )
        self.api.counts.clear()

    def _state(self) -> dict[str, object]:
        bucket = self.api.bucket
        few = len(bucket.objects) <= 20_000
        return {
            "objects": len(bucket.objects),
            "keys": {key: stored.etag for key, stored in bucket.objects.items()} if few else None,
            "versions": sum(map(len, bucket.history.values())),
            "history": {key: [stored.version for stored in reversed(rows)] for key, rows in bucket.history.items()},
            "uploads": [key for key, _ in bucket.uploads],
            "counts": dict(self.api.counts),
            "invocations": self.invocations,
            "seconds": self.ended - self.began,
        }


def behaviour_as_json(behaviour: Behaviour, clock_ahead: float) -> dict[str, object]:
    """What the control `behave` takes."""
    throttle = {name: getattr(behaviour.throttle, name) for name in ("rate", "inside", "each_prefix")}
    return {
        "latency": asdict(behaviour.latency),
        "throttle": throttle,
        "faults": [asdict(fault) for fault in behaviour.faults],
        "unreadable": behaviour.unreadable,
        "clock_ahead": clock_ahead,
    }
