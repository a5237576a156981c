"""The cleanup function of one stack, in the account that the stack says."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from declared.stacks import names_of
from estate.errors import MendableError
from runtime.caller import identify, session

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient


class TargetError(MendableError):
    """The stack, its account or its function can't be used; the message says what to do."""


@dataclass(frozen=True)
class Target:
    """A stack's cleanup function.

    Attributes:
        bucket: what it empties.
        function: its name.
        log_group: where it logs.
        functions: Lambda.
        logs: CloudWatch Logs.
    """

    bucket: str
    function: str
    log_group: str
    functions: "LambdaClient"
    logs: "CloudWatchLogsClient"

    def measure(self) -> dict[str, Any]:
        """What lies in the bucket: `objects`, `bytes`, `oldest_age` in seconds, `at_least`, `null_markers`.

        Looking changes nothing: the event never asks to heal.

        Raises:
            TargetError: the function failed.
        """
        answer = self.functions.invoke(FunctionName=self.function, Payload=json.dumps({"mode": "measure"}))
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise TargetError(f"{self.function} could not measure: {payload.get('errorMessage', payload)}")
        return payload

    def clean(self, chain: str, *, dry_run: bool, max_deletes: int | None) -> None:
        """Starts a cleanup under a name of its own, by which its log is found."""
        event: dict[str, Any] = {"mode": "clean", "chain": chain, "dry_run": dry_run}
        if max_deletes is not None:
            event["max_deletes"] = max_deletes
        self.functions.invoke(FunctionName=self.function, InvocationType="Event", Payload=json.dumps(event))


def target_of(stack: str) -> Target:
    """Finds a stack's function, after checking that the caller is in the stack's account.

    Raises:
        MendableError: no such stack, or another account.
    """
    names = names_of(stack)
    asking = session(region=names.region)
    identify(asking, names.account, names.region)
    # Measuring may take as long as the function may run; asking twice would measure twice.
    patient = Config(read_timeout=900, retries={"total_max_attempts": 1})
    return Target(
        bucket=names.temporary_uploads,
        function=names.cleanup,
        log_group=names.function_log_group(names.cleanup),
        functions=asking.client("lambda", config=patient),  # pyright: ignore[reportUnknownMemberType]
        logs=asking.client("logs"),  # pyright: ignore[reportUnknownMemberType]
    )
