"""Metrics, analytics, intelligent-tiering and inventory configurations of a bucket.

Plain moto knows only a part of inventory: a PUT of the others creates the bucket again, and DELETE of any of the four
deletes the whole bucket. Here each is a document kept with its bucket.
"""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary
from xml.parsers.expat import ExpatError

import xmltodict
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local.account.patching import Response, around
from local.account.s3call import S3_NAMESPACE, authorize, bucket_of, query_of, xml_error


@dataclass(frozen=True)
class Kind:
    """One kind of document: the sub-resource in the query, its XML elements, the IAM action's noun."""

    query: str
    element: str
    listing: str
    noun: str


KINDS = (
    Kind("metrics", "MetricsConfiguration", "ListMetricsConfigurationsResult", "MetricsConfiguration"),
    Kind("analytics", "AnalyticsConfiguration", "ListBucketAnalyticsConfigurationsResult", "AnalyticsConfiguration"),
    Kind(
        "intelligent-tiering",
        "IntelligentTieringConfiguration",
        "ListBucketIntelligentTieringConfigurationsOutput",
        "IntelligentTieringConfiguration",
    ),
    Kind("inventory", "InventoryConfiguration", "ListInventoryConfigurationsResult", "InventoryConfiguration"),
)

_documents: WeakKeyDictionary[FakeBucket, dict[tuple[str, str], str]] = WeakKeyDictionary()


def install() -> None:
    """Answer the four sub-resources before moto looks at the request."""

    @around(S3Response, "_bucket_response")
    def _respond(original: Any, call: S3Response, *args: Any) -> Any:
        kind = next((kind for kind in KINDS if kind.query in query_of(call)), None)
        return original(call, *args) if kind is None else respond(kind, call)


def respond(kind: Kind, call: S3Response) -> Response:
    """Store, return, list or delete one kind of document."""
    verb = "Get" if call.method == "GET" else "Put"
    authorize(call, f"{verb}{kind.noun}", call.bucket_name)
    kept = _documents.setdefault(bucket_of(call), {})
    identifier = query_of(call).get("id")
    if call.method == "GET" and identifier is None:
        return _listing(kind, kept)
    if identifier is None:
        return xml_error(400, "InvalidArgument", "Missing required parameter: id")
    if call.method == "PUT":
        return _store(kind, call, kept, identifier)
    if (kind.query, identifier) not in kept:
        return xml_error(404, "NoSuchConfiguration", "The specified configuration does not exist.")
    if call.method == "DELETE":
        del kept[kind.query, identifier]
        return 204, {}, ""
    return 200, {"content-type": "application/xml"}, kept[kind.query, identifier]


def _store(kind: Kind, call: S3Response, kept: dict[tuple[str, str], str], identifier: str) -> Response:
    try:
        document: Any = xmltodict.parse(call.body)
        named = document[kind.element]["Id"]
    except (ExpatError, KeyError, TypeError):
        return xml_error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate.")
    if named != identifier:
        return xml_error(400, "InvalidArgument", f"The id in the query is {identifier}, the document's is {named}.")
    kept[kind.query, identifier] = xmltodict.unparse(document, full_document=False)
    return 200, {}, ""


def _listing(kind: Kind, kept: dict[tuple[str, str], str]) -> Response:
    """List all at once; S3 answers a hundred at a time, and nothing here has so many."""
    mine = "".join(text for (query, _), text in sorted(kept.items()) if query == kind.query)
    body = f'<{kind.listing} xmlns="{S3_NAMESPACE}"><IsTruncated>false</IsTruncated>{mine}</{kind.listing}>'
    return 200, {"content-type": "application/xml"}, body
