"""Actions whose name in policies is not the name of the operation or of the service in a signature.

Plain moto asks for `monitoring:PutMetricData` and `lambda:Invoke`, which no policy grants.
"""

from typing import Any

from moto.iam.access_control import IAMRequestBase

from local.account.patching import around

SERVICES = {"monitoring": "cloudwatch", "tagging": "tag"}
ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction", "lambda:InvokeAsync": "lambda:InvokeFunction"}


def install() -> None:
    """Rename the action of each request before it is judged."""

    @around(IAMRequestBase, "check_action_permitted")
    def _rename(original: Any, request: IAMRequestBase, resource: str) -> None:
        own = vars(request)
        own["_action"] = name_in_policies(own["_action"])
        original(request, resource)


def name_in_policies(action: str) -> str:
    """Return what policies call an action, as `cloudwatch:PutMetricData`."""
    service, _, operation = action.partition(":")
    renamed = f"{SERVICES.get(service, service)}:{operation}"
    return ACTIONS.get(renamed, renamed)
