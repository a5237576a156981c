"""A function's dead-letter, logging, tracing, storage and recursion settings are kept and answered.

Plain moto stores none of them on update, dead-letter and logging settings not even on creation, and answers with the
first of all event-invoke configurations ever put: a permanent change.
"""

import json
import re
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.awslambda.urls import url_paths
from moto.core.request import Request

from local.account.patching import Response, around
from local.account.record import ACCOUNT_ID, REGION

SETTINGS = ("DeadLetterConfig", "LoggingConfig")
RECURSION_PATH = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/recursion-config/?$"


def install() -> None:
    """Keep what a request sets, show it in every answer, and serve recursion-config."""

    @around(LambdaFunction, "__init__")
    def _create(original: Any, function: LambdaFunction, *args: Any, **kwargs: Any) -> None:
        original(function, *args, **kwargs)
        spec: dict[str, Any] = kwargs.get("spec") or args[1]
        _keep(function, spec)

    @around(LambdaFunction, "update_configuration")
    def _update(original: Any, function: LambdaFunction, updates: dict[str, Any]) -> dict[str, Any]:
        original(function, updates)
        _keep(function, updates)
        if "TracingConfig" in updates:
            function.tracing_config = updates["TracingConfig"]
        if "EphemeralStorage" in updates:
            function.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        return function.get_configuration()

    @around(LambdaFunction, "get_configuration")
    def _show(original: Any, function: LambdaFunction, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(function, *args, **kwargs)
        logging = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
        answer["LoggingConfig"] = logging | _kept(function).get("LoggingConfig", {})
        if _kept(function).get("DeadLetterConfig", {}).get("TargetArn"):
            answer["DeadLetterConfig"] = _kept(function)["DeadLetterConfig"]
        return answer

    @around(LambdaBackend, "put_function_event_invoke_config")
    def _replace(original: Any, backend: LambdaBackend, function_name: str, config: dict[str, Any]) -> Any:
        backend.get_function(function_name).event_invoke_config.clear()
        return original(backend, function_name, config)

    url_paths[RECURSION_PATH] = recursion_config


def recursion_config(request: Request, full_url: str, _headers: object) -> Response:
    """Get or put what Lambda does when a function calls itself; it ends the loop unless told to allow it."""
    name = re.split("/functions/|/recursion-config", full_url)[1]
    function = lambda_backends[ACCOUNT_ID][REGION].get_function(name)
    if request.method == "PUT":
        _kept(function)["RecursiveLoop"] = json.loads(request.data)["RecursiveLoop"]
    answer = {"RecursiveLoop": _kept(function).get("RecursiveLoop", "Terminate")}
    return 200, {"Content-Type": "application/json"}, json.dumps(answer)


def _kept(function: LambdaFunction) -> dict[str, Any]:
    return vars(function).setdefault("settings_kept", {})


def _keep(function: LambdaFunction, given: dict[str, Any]) -> None:
    _kept(function).update({name: given[name] for name in SETTINGS if name in given})
