"""Metrics, analytics, intelligent-tiering and inventory configurations of a bucket.

Plain moto knows only a part of inventory: a PUT of the others creates the bucket again, and DELETE of any of the four
deletes the whole bucket. Here each is a document kept with its bucket.
"""

from dataclasses import dataclass
from typing import Any

from moto.s3.responses import S3Response

from local.account.documents import Documents, answer, malformed, parse, without_declaration
from local.account.patching import Response, around
from local.account.s3call import S3_NAMESPACE, authorize, bucket_of, query_of, xml_error


@dataclass(frozen=True)
class Kind:
    """One kind of document: its sub-resource, its XML element (also the noun of the IAM actions), its listing."""

    query: str
    element: str
    listing: str
    kept: Documents


KINDS = tuple(
    Kind(query, element, listing, Documents())
    for query, element, listing in (
        ("metrics", "MetricsConfiguration", "ListMetricsConfigurationsResult"),
        ("analytics", "AnalyticsConfiguration", "ListBucketAnalyticsConfigurationsResult"),
        (
            "intelligent-tiering",
            "IntelligentTieringConfiguration",
            "ListBucketIntelligentTieringConfigurationsOutput",
        ),
        ("inventory", "InventoryConfiguration", "ListInventoryConfigurationsResult"),
    )
)


def install() -> None:
    """Answer the four sub-resources before moto looks at the request."""

    @around(S3Response, "_bucket_response")
    def _respond(original: Any, call: S3Response, *args: Any) -> Any:
        kind = next((kind for kind in KINDS if kind.query in query_of(call)), None)
        return original(call, *args) if kind is None else respond(kind, call)


def respond(kind: Kind, call: S3Response) -> Response:
    """Store, return, list or delete one kind of document."""
    authorize(call, f"{'Get' if call.method == 'GET' else 'Put'}{kind.element}", call.bucket_name)
    kept = kind.kept.of(bucket_of(call))
    identifier = query_of(call).get("id")
    if call.method == "GET" and identifier is None:
        return _listing(kind, kept)
    if identifier is None:
        return xml_error(400, "InvalidArgument", "Missing required parameter: id")
    if call.method == "PUT":
        return _store(kind, call, kept, identifier)
    if identifier not in kept:
        return xml_error(404, "NoSuchConfiguration", "The specified configuration does not exist.")
    if call.method == "DELETE":
        del kept[identifier]
        return 204, {}, ""
    return answer(kept[identifier])


def _store(kind: Kind, call: S3Response, kept: dict[str, str], identifier: str) -> Response:
    document = parse(call.body, kind.element)
    if document is None:
        return malformed()
    if document.get("Id") != identifier:
        message = f"The id in the query is {identifier}, the document's is {document.get('Id')}."
        return xml_error(400, "InvalidArgument", message)
    kept[identifier] = without_declaration(call.body)
    return 200, {}, ""


def _listing(kind: Kind, kept: dict[str, str]) -> Response:
    """List all at once; S3 answers a hundred at a time, and nothing here has so many."""
    mine = "".join(kept[identifier] for identifier in sorted(kept))
    return answer(f'<{kind.listing} xmlns="{S3_NAMESPACE}"><IsTruncated>false</IsTruncated>{mine}</{kind.listing}>')
