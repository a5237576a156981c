"""XML documents kept beside a bucket, and forgotten with it."""

from typing import Any
from weakref import WeakKeyDictionary
from xml.parsers.expat import ExpatError

import xmltodict
from moto.s3.models import FakeBucket

from local.account.patching import Response
from local.account.s3call import MALFORMED, xml_error


class Documents:
    """Documents of one family by bucket and identifier."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[FakeBucket, dict[str, str]] = WeakKeyDictionary()

    def of(self, bucket: FakeBucket) -> dict[str, str]:
        """Return the documents of a bucket, to read and to change."""
        return self._kept.setdefault(bucket, {})


def parse(body: bytes | str, root: str, *, strip_whitespace: bool = True) -> dict[str, Any] | None:
    """Parse an XML document; None if it is not well-formed or has another root element."""
    try:
        document: Any = xmltodict.parse(body, strip_whitespace=strip_whitespace)
    except ExpatError:
        return None
    if root not in document:
        return None
    return document[root] or {}


def inside(element: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a child element; one that is absent or empty has nothing inside."""
    return element.get(name) or {}


def as_list(found: Any) -> list[Any]:
    """Return what xmltodict found under a repeated element as a list: nothing, one or many."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]  # pyright: ignore[reportUnknownVariableType]


def without_declaration(body: bytes | str) -> str:
    """Return a document's text without its XML declaration, so that it can stand inside another."""
    text = body.decode() if isinstance(body, bytes) else body
    return text.split("?>", 1)[1].lstrip() if text.lstrip().startswith("<?xml") else text


def answer(document: str) -> Response:
    """Answer with one document."""
    return 200, {"content-type": "application/xml"}, document


def malformed() -> Response:
    """Refuse a document as S3 does."""
    return xml_error(400, "MalformedXML", MALFORMED)
