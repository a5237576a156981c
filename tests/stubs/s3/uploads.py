"""Pages of multipart uploads, by key and id."""

from itertools import islice
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.stubs.s3.messages import NAMESPACE, Answer, Call

MOST_UPLOADS = 1000


def list_uploads(uploads: dict[tuple[str, str], str], call: Call) -> Answer:
    """Answers ListMultipartUploads over (key, id) to the moment each began; a delimiter is not known."""
    query = call.query
    prefix, key, upload = (query.get(name, "") for name in ("prefix", "key-marker", "upload-id-marker"))
    limit = min(int(query.get("max-uploads", "1000")), MOST_UPLOADS)
    rest = (found for found in sorted(uploads) if found[0].startswith(prefix) and _follows(found, key, upload))
    page = list(islice(rest, limit + 1))
    text = quote if query.get("encoding-type") == "url" else escape
    parts = ["<EncodingType>url</EncodingType>"] if text is quote else []
    parts.append(f"<IsTruncated>{'true' if len(page) > limit else 'false'}</IsTruncated>")
    if len(page) > limit and limit:
        last, identifier = page[limit - 1]
        parts.append(f"<NextKeyMarker>{text(last)}</NextKeyMarker>")
        parts.append(f"<NextUploadIdMarker>{identifier}</NextUploadIdMarker>")
    parts += [
        f"<Upload><Key>{text(name)}</Key><UploadId>{identifier}</UploadId>"
        f"<Initiated>{uploads[name, identifier]}</Initiated></Upload>"
        for name, identifier in page[:limit]
    ]
    name = "ListMultipartUploadsResult"
    return Answer(200, f"<{name} {NAMESPACE}>{''.join(parts)}</{name}>".encode())


def _follows(found: tuple[str, str], key: str, upload: str) -> bool:
    return not key or found[0] > key or bool(upload and found > (key, upload))
