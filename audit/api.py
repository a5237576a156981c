"""The account, as far as an audit asks it: read calls only, shared clients, answers kept, denials told apart.

Every answer is asked for once a run, however many attributes come from it. Calls are repeated adaptively when
throttled: https://docs.aws.amazon.com/boto3/latest/guide/retries.html
"""

import copy
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

WORKERS = 48
"""Calls under way at once: at 60 ms a call this keeps one core busy with signing and parsing; more gains nothing."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_ABSENT = (
    "NoSuch",
    "NotFound",
    "ResourceNotFoundException",
    "NonExistentQueue",
    "QueueDoesNotExist",
    "DoesNotExist",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "OwnershipControlsNotFoundError",
    "ObjectLockConfigurationNotFoundError",
    "ParameterNotFound",
    "InvalidDocument",
)
"""Parts of the error codes by which services say that a thing is not there."""


class AbsentError(Exception):
    """The thing asked about does not exist."""


class UnreadableError(Exception):
    """The account did not tell; the message says what was asked and what it answered."""


class Account:
    """One AWS account, seen through one session.

    Attributes:
        id: account id, 12 digits.
        region: AWS region.
        calls: how often each call was made, by `service:Operation`.
    """

    def __init__(self, session: boto3.Session, account: str, region: str, *, attempts: int = 8) -> None:
        self.id = account
        self.region = region
        self.calls: Counter[str] = Counter()
        self.retries = 0
        self._session = session
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": attempts},
            max_pool_connections=2 * WORKERS,  # those who list ask beside the workers
            connect_timeout=5,
            read_timeout=20,
        )
        self._clients: dict[str, Any] = {}
        self._answers: dict[tuple[Any, ...], Future[Any]] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS)

    def fresh(self) -> "Account":
        """The same account with every answer forgotten, for a second look."""
        other = copy.copy(self)
        vars(other)["_answers"] = {}
        return other

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        """Calls an operation, all pages of it, and returns the answer; the second time from memory.

        Args:
            service: boto3's name of the service.
            operation: boto3's method, as `get_bucket_versioning`.
            parameters: of the call. `ExpectedBucketOwner` is added wherever S3 takes it.

        Raises:
            AbsentError: the thing does not exist.
            UnreadableError: denied, throttled beyond patience, or unreachable.
        """
        key = (service, operation, *sorted((k, str(v)) for k, v in parameters.items()))
        with self._lock:
            future = self._answers.get(key)
            mine = future is None
            if future is None:
                future = self._answers[key] = Future()
        if mine:
            try:
                future.set_result(self._call(service, operation, parameters))
            except Exception as error:  # whoever else waits for this answer must hear of it
                future.set_exception(error)
        return future.result()

    def concurrently(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Runs work over items concurrently, results in the items' order; work must not call this itself."""
        return self._pool.map(work, items)

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> Any:
        client = self._client(service)
        name = client.meta.method_to_api_mapping[operation]
        shape = client.meta.service_model.operation_model(name).input_shape
        if shape and "ExpectedBucketOwner" in shape.members:
            parameters = {"ExpectedBucketOwner": self.id, **parameters}
        self.calls[f"{service}:{name}"] += 1
        try:
            if client.can_paginate(operation):
                pages = client.get_paginator(operation).paginate(**parameters)
                return self._counted(pages.build_full_result())
            return self._counted(getattr(client, operation)(**parameters))
        except ClientError as error:
            raise _told_apart(service, operation, error) from error
        except BotoCoreError as error:
            raise UnreadableError(f"{service}:{operation}: {error}") from error

    def _counted(self, answer: dict[str, Any]) -> dict[str, Any]:
        metadata = cast("dict[str, Any]", answer.get("ResponseMetadata", {}))
        self.retries += int(metadata.get("RetryAttempts", 0))
        return answer

    def _client(self, service: str) -> Any:
        with self._lock:  # boto3 sessions must not make clients in two threads at once
            if service not in self._clients:
                make = cast("Any", self._session).client
                self._clients[service] = make(service, region_name=self.region, config=self._config)
            return self._clients[service]


def _told_apart(service: str, operation: str, error: ClientError) -> Exception:
    details = cast("dict[str, Any]", error.response.get("Error", {}))
    code = str(details.get("Code", ""))
    status = cast("dict[str, Any]", error.response.get("ResponseMetadata", {})).get("HTTPStatusCode")
    if any(part in code for part in _ABSENT) or (code == "404" and status == 404):
        return AbsentError(f"{service}:{operation}: {code}")
    return UnreadableError(f"{service}:{operation} answered {code}: {details.get('Message', '')}")
