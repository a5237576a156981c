"""What the account answers beside AWS's own interfaces, all under `/_account/`."""

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import MetricAggregatedDatum, MetricDatumBase, cloudwatch_backends

from local.account.gaps import time_shift
from local.account.record import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/_account/"


def _health(_: bytes) -> dict[str, Any]:
    """Say which process answers, so that a client knows that it is the recorded one."""
    return {"pid": os.getpid(), "account_id": ACCOUNT_ID}


def _shift(body: bytes) -> dict[str, Any]:
    """Shift what S3 takes for the time, by seconds."""
    time_shift.set_shift(float(body))
    return {"shifted": float(body)}


def _samples(_: bytes) -> dict[str, Any]:
    """Return every value published to CloudWatch; GetMetricStatistics would mix metrics with more dimensions in."""
    return {"samples": [_sample(datum) for datum in cloudwatch_backends[ACCOUNT_ID][REGION].metric_data]}


def _sample(datum: MetricDatumBase) -> dict[str, Any]:
    value = datum.sum / datum.sample_count if isinstance(datum, MetricAggregatedDatum) else vars(datum)["value"]
    return {
        "namespace": datum.namespace,
        "name": datum.name,
        "dimensions": [(dimension.name, dimension.value) for dimension in datum.dimensions],
        "time": datum.timestamp.replace(tzinfo=UTC).isoformat(),
        "value": value,
    }


ENDPOINTS: dict[str, Callable[[bytes], dict[str, Any]]] = {"health": _health, "samples": _samples, "shift": _shift}


def before(inner: "WSGIApplication") -> "WSGIApplication":
    """Answer our own endpoints, and hand everything else to moto."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        endpoint = ENDPOINTS.get(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
        if endpoint is None:
            return inner(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(endpoint(body)).encode()]

    return answer
