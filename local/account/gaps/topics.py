"""A topic delivers to nobody outside this machine: plain moto would really post to an HTTPS subscription's endpoint."""

from typing import Any
from urllib.parse import urlsplit

from moto.sns.models import Subscription

from local.account.patching import around

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def install() -> None:
    """Drop what would leave the machine."""

    @around(Subscription, "publish")
    def _publish(original: Any, subscription: Subscription, *args: Any, **kwargs: Any) -> None:
        outside = subscription.protocol in {"http", "https"}
        if not outside or urlsplit(str(subscription.endpoint)).hostname in LOOPBACK:
            original(subscription, *args, **kwargs)
