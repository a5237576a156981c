"""SetQueueAttributes changes only what it names, and a redrive policy is answered without spaces.

Plain moto deletes the queue's policy whenever a call does not repeat it.
"""

import json
from typing import Any

from moto.sqs.models import Queue

from local.account.patching import around

KEPT_AS_SENT = "RedriveAllowPolicy"


def install() -> None:
    """Keep the policy, write JSON compactly, and return the redrive-allow policy."""

    @around(Queue, "_set_attributes")
    def _set(original: Any, queue: Queue, attributes: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        policy = queue.policy if hasattr(queue, "_policy_json") else None
        return original(queue, {"Policy": policy, **attributes}, *args, **kwargs)

    attributes_of: Any = Queue.attributes.fget

    def attributes(queue: Queue) -> dict[str, Any]:
        answer: dict[str, Any] = attributes_of(queue)
        for name in ("RedrivePolicy", "Policy"):
            if answer.get(name):
                answer[name] = json.dumps(json.loads(answer[name]), separators=(",", ":"))
        allowed = getattr(queue, "redrive_allow_policy", None)
        return answer | ({KEPT_AS_SENT: allowed} if allowed else {})

    Queue.attributes = property(attributes)  # pyright: ignore[reportAttributeAccessIssue]
