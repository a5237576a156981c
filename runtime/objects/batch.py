"""DeleteObjects, written and signed here.

botocore spends ten times as long on writing a batch's XML as S3 needs to be asked. This writes the same document
directly, signs it with botocore's signer and sends it with botocore's HTTP session to the address that botocore
resolved for the bucket. What S3 answers becomes the same `ClientError` that a client would raise.
"""

import base64
import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any, cast
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from runtime.objects.wire import BrokenAnswerError, Entry

_NAMESPACE = b' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_LINE_ENDS = {"\r": "&#13;", "\n": "&#10;"}
"""An XML parser would make one line feed of each; escaped they reach S3 as they are."""


class BatchDelete:
    """Sends DeleteObjects requests; used by many threads at once."""

    def __init__(
        self,
        *,
        account: str,
        region: str,
        credentials: Callable[[], ReadOnlyCredentials],
        timeout: int,
        connections: int,
    ) -> None:
        """Keeps a pool of connections of its own.

        Args:
            account: who must own the bucket.
            region: that the signature is for.
            credentials: the caller's, fresh at every call.
            timeout: seconds without a byte before a request counts as lost.
            connections: how many threads send at once.
        """
        self._account = account
        self._region = region
        self._credentials = credentials
        self._session = URLLib3Session(timeout=timeout, max_pool_connections=connections)

    def send(self, address: str, entries: list[Entry]) -> list[tuple[str, str, str]]:
        """Deletes at most 1,000 entries of the bucket at an address.

        Returns:
            (key, version, error code) of those that S3 did not delete.

        Raises:
            ClientError: S3 refused the whole request.
            BrokenAnswerError: its answer is not whole.
        """
        body = document(entries)
        headers = {
            "Content-MD5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode(),
            "Content-Type": "application/xml",
            "x-amz-expected-bucket-owner": self._account,
        }
        request = AWSRequest(method="POST", url=f"{address}?delete", headers=headers, data=body)
        S3SigV4Auth(cast("Any", self._credentials()), "s3", self._region).add_auth(request)
        response = self._session.send(request.prepare())
        return _errors(response.status_code, response.content)


def document(entries: list[Entry]) -> bytes:
    """The request's body. It names exactly what was listed: a version by its id, an object by its ETag.

    The version `null` of a suspended bucket can be overwritten in place, so it carries both.
    """
    parts = ['<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>']
    for entry in entries:
        parts.append(f"<Object><Key>{escape(entry.key, _LINE_ENDS)}</Key>")
        if entry.version:
            parts.append(f"<VersionId>{escape(entry.version)}</VersionId>")
        if entry.guarded:
            parts.append(f"<ETag>{escape(entry.etag)}</ETag>")
        parts.append("</Object>")
    parts.append("</Delete>")
    return "".join(parts).encode()


def _errors(status: int, body: bytes) -> list[tuple[str, str, str]]:
    try:
        root = ET.fromstring(body.replace(_NAMESPACE, b"", 1))  # noqa: S314  (S3's own answer)
    except ET.ParseError as error:
        if status == 200:
            raise BrokenAnswerError(f"an answer of {len(body)} bytes is not whole: {error}") from error
        root = ET.Element("Error")
    if status != 200 or root.tag == "Error":
        said = {"Code": root.findtext("Code", str(status)), "Message": root.findtext("Message", "")}
        raise ClientError(cast("Any", {"Error": said, "ResponseMetadata": {"HTTPStatusCode": status}}), "DeleteObjects")
    return [
        (row.findtext("Key", ""), row.findtext("VersionId", ""), row.findtext("Code", "Unknown"))
        for row in root.iter("Error")
    ]
