"""A bridge against an account of its own, driven as the engine drives it: by its RPCs."""

import os
import shlex
import subprocess
import sys
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.account.daemon import Account, ensure, stop
from local.bridge.answers import STATE
from local.bridge.properties import Property, decode, encode, secret_names
from local.bridge.terraform import CHANNEL_OPTIONS
from local.toolchain.choice import Choice
from local.toolchain.provider import find

SECONDS = 60  # the longest that any call may take
ROOT = Path(__file__).resolve().parents[3]


@cache
def provider_binary() -> Path:
    """Find or fetch the Terraform provider, as `make up` does; without one nothing here means anything."""
    found = find(Choice.TERRAFORM, Path("pulumi"), ROOT / ".local" / "bridge", print)
    assert found.binary
    return found.binary


def environment(endpoint: str, state: Path) -> dict[str, str]:
    return {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AUTHOR_STORAGE_TF_PROVIDER": str(provider_binary()),
        "AUTHOR_STORAGE_BRIDGE_STATE": str(state),
    }


@dataclass(frozen=True)
class Made:
    """A resource as the engine remembers it."""

    token: str
    urn: str
    id: str
    inputs: struct_pb2.Struct
    outputs: struct_pb2.Struct

    @property
    def properties(self) -> dict[str, Property]:
        """Outputs without the hidden ones."""
        return {name: value for name, value in decode(self.outputs).items() if not name.startswith("__")}

    @property
    def declared(self) -> dict[str, Property]:
        """Inputs without the hidden ones."""
        return {name: value for name, value in decode(self.inputs).items() if not name.startswith("__")}

    @property
    def secrets(self) -> frozenset[str]:
        return secret_names(self.outputs) - {STATE}


@dataclass(frozen=True)
class Engine:
    """The engine's side of the protocol."""

    stub: Any
    process: subprocess.Popen[str]

    def call(self, method: str, request: Any) -> Any:
        return getattr(self.stub, method)(request, timeout=SECONDS)

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:local::test::{token}::{name}"

    def check(
        self,
        token: str,
        news: Mapping[str, Property],
        olds: struct_pb2.Struct | None = None,
        secrets: tuple[str, ...] = (),
    ) -> provider_pb2.CheckResponse:
        return self.call(
            "Check",
            provider_pb2.CheckRequest(
                urn=self.urn(token, "res"),
                type=token,
                name="res",
                news=encode(news, secrets),
                olds=olds,
                randomSeed=os.urandom(8),
            ),
        )

    def inputs(
        self,
        token: str,
        news: Mapping[str, Property],
        olds: struct_pb2.Struct | None = None,
        secrets: tuple[str, ...] = (),
    ) -> struct_pb2.Struct:
        answer = self.check(token, news, olds, secrets)
        assert not answer.failures, [(failure.property, failure.reason) for failure in answer.failures]
        return answer.inputs

    def create(self, token: str, news: Mapping[str, Property], secrets: tuple[str, ...] = ()) -> Made:
        inputs = self.inputs(token, news, secrets=secrets)
        urn = self.urn(token, "res")
        answer = self.call("Create", provider_pb2.CreateRequest(urn=urn, type=token, properties=inputs))
        return Made(token, urn, answer.id, inputs, answer.properties)

    def preview(self, token: str, news: Mapping[str, Property]) -> dict[str, Property]:
        inputs = self.inputs(token, news)
        request = provider_pb2.CreateRequest(urn=self.urn(token, "res"), type=token, properties=inputs, preview=True)
        return decode(self.call("Create", request).properties)

    def diff(
        self, made: Made, news: Mapping[str, Property], ignored: tuple[str, ...] = ()
    ) -> provider_pb2.DiffResponse:
        inputs = self.inputs(made.token, news, made.inputs)
        return self._diff(made, made.inputs, inputs, ignored)

    def _diff(
        self, made: Made, old: struct_pb2.Struct, new: struct_pb2.Struct, ignored: tuple[str, ...] = ()
    ) -> provider_pb2.DiffResponse:
        return self.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=made.id,
                urn=made.urn,
                type=made.token,
                olds=made.outputs,
                news=new,
                old_inputs=old,
                ignoreChanges=ignored,
            ),
        )

    def update(self, made: Made, news: Mapping[str, Property], *, preview: bool = False) -> Made:
        inputs = self.inputs(made.token, news, made.inputs)
        answer = self.call(
            "Update",
            provider_pb2.UpdateRequest(
                id=made.id,
                urn=made.urn,
                type=made.token,
                olds=made.outputs,
                news=inputs,
                old_inputs=made.inputs,
                preview=preview,
            ),
        )
        return Made(made.token, made.urn, made.id, inputs, answer.properties)

    def read(self, made: Made) -> Made | None:
        request = provider_pb2.ReadRequest(
            id=made.id, urn=made.urn, type=made.token, properties=made.outputs, inputs=made.inputs
        )
        answer = self.call("Read", request)
        return Made(made.token, made.urn, answer.id, answer.inputs, answer.properties) if answer.id else None

    def drift(self, made: Made) -> list[str]:
        """Refresh, and return the property paths that the engine would show."""
        found = self.read(made)
        assert found is not None
        return sorted(self._diff(found, found.inputs, made.inputs).detailedDiff)

    def import_(self, token: str, id_: str) -> Made | None:
        urn = self.urn(token, "res")
        answer = self.call("Read", provider_pb2.ReadRequest(id=id_, urn=urn, type=token))
        return Made(token, urn, answer.id, answer.inputs, answer.properties) if answer.id else None

    def delete(self, made: Made) -> None:
        self.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=made.id, urn=made.urn, type=made.token, properties=made.outputs, old_inputs=made.inputs
            ),
        )


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    state = tmp_path_factory.mktemp("account")
    yield ensure(state)
    stop(state)


@contextmanager
def running(account: Account, state: Path) -> Generator[Engine]:
    """Run a bridge, configured, until it is cancelled."""
    process = start(account.endpoint, state)
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    with grpc.insecure_channel(f"127.0.0.1:{int(line)}", options=CHANNEL_OPTIONS) as channel:
        engine = Engine(provider_pb2_grpc.ResourceProviderStub(channel), process)
        arguments = encode({"region": "us-east-1", "allowedAccountIds": f'["{account.account_id}"]'})
        assert not engine.call("CheckConfig", provider_pb2.CheckRequest(news=arguments)).failures
        engine.call("Configure", provider_pb2.ConfigureRequest(args=arguments, acceptSecrets=True))
        yield engine
        engine.call("Cancel", empty_pb2.Empty())
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def engine(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(account, tmp_path_factory.mktemp("bridge")) as started:
        yield started


def start(endpoint: str, state: Path, *, parent: bool = False) -> subprocess.Popen[str]:
    """Start a bridge, as a child of a shell if it shall have a parent that can be killed."""
    command = [sys.executable, "-m", "local.bridge", "127.0.0.1:1"]
    return subprocess.Popen(
        ["/bin/sh", "-c", f"{shlex.join(command)}; true"] if parent else command,
        cwd=ROOT,
        env=environment(endpoint, state),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def unique() -> str:
    """Return a name of its own for each test: all share one account."""
    return f"test-{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def client(account: Account) -> Callable[[str], Any]:
    """Return boto3 clients of the account: what is really there."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    make: Callable[..., Any] = boto3.client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return lambda service: make(service, endpoint_url=account.endpoint, region_name="us-east-1", **keys)
