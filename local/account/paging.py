"""How S3 cuts a listing into pages, whatever is listed."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

from moto.s3.responses import S3Response

from local.account.s3call import S3_NAMESPACE, Refusal, query_of

MOST = 1000


class Entry(NamedTuple):
    """What can be listed: its key, its id (of a version or an upload, else empty), and its element."""

    key: str
    id: str
    xml: str


class Page(NamedTuple):
    """One answer: entries and common prefixes, and after which key and id the next one goes on (None at the end)."""

    entries: list[Entry]
    prefixes: list[str]
    following: tuple[str, str] | None


def page(found: Iterable[Entry], prefix: str, delimiter: str, marker: str, most: int) -> Page:
    """Cut the first page out of what is listed.

    Args:
        found: in order, without what stands at or before the marker.
        prefix: what each key begins with.
        delimiter: what follows the prefix up to here is rolled up; empty rolls up nothing.
        marker: the key after which the listing begins; a common prefix at or before it was shown already.
        most: how many entries and prefixes there may be; 0 answers an empty page that is the last.
    """
    entries: list[Entry] = []
    prefixes: list[str] = []
    last = ("", "")
    for entry in found if most else ():
        if not entry.key.startswith(prefix):
            continue
        cut = entry.key.find(delimiter, len(prefix)) if delimiter else -1
        rolled = entry.key[: cut + len(delimiter)] if cut >= 0 else ""
        if rolled and (rolled <= marker or rolled in prefixes[-1:]):
            continue
        if len(entries) + len(prefixes) == most:
            return Page(entries, prefixes, last)
        if rolled:
            prefixes.append(rolled)
        else:
            entries.append(entry)
        last = (rolled, "") if rolled else (entry.key, entry.id)
    return Page(entries, prefixes, None)


class Asked:
    """What every listing's query says.

    Raises:
        Refusal: a number is none, or the encoding is another than `url`.
    """

    def __init__(self, call: S3Response, limit: str = "max-keys") -> None:
        query = query_of(call)
        self.bucket = call.bucket_name
        self.prefix, self.delimiter = query.get("prefix", ""), query.get("delimiter", "")
        encoding = query.get("encoding-type")
        if encoding not in {None, "url"}:
            raise Refusal(400, "InvalidArgument", "Invalid Encoding Method specified in Request")
        self.url = encoding == "url"
        self.limit = {"max-keys": "MaxKeys", "max-uploads": "MaxUploads"}[limit]
        self.most = min(number(query.get(limit) or str(MOST), limit), MOST)

    def text(self, key: str) -> str:
        """A key as it stands in the answer."""
        return quote(key, safe="/") if self.url else escape(key, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})

    def document(self, name: str, found: Page, **more: str) -> str:
        """The answer; `more` are elements of its own, as keys that are encoded."""
        parts = {("Bucket" if "Upload" in name else "Name"): escape(self.bucket), "Prefix": self.text(self.prefix)}
        parts |= {"Delimiter": self.text(self.delimiter)} if self.delimiter else {}
        parts |= {"EncodingType": "url"} if self.url else {}
        parts |= {self.limit: str(self.most), "IsTruncated": str(found.following is not None).lower(), **more}
        body = "".join(f"<{element}>{text}</{element}>" for element, text in parts.items())
        body += "".join(entry.xml for entry in found.entries)
        body += "".join(f"<CommonPrefixes><Prefix>{self.text(key)}</Prefix></CommonPrefixes>" for key in found.prefixes)
        return f'<{name} xmlns="{S3_NAMESPACE}">{body}</{name}>'


def number(text: str, name: str) -> int:
    """Read a number of a query.

    Raises:
        Refusal: it is none, or out of range.
    """
    try:
        found = int(text)
    except ValueError:
        raise Refusal(400, "InvalidArgument", f"Provided {name} not an integer or within integer range") from None
    if not 0 <= found < 2**31:
        raise Refusal(400, "InvalidArgument", f"Argument {name} must be an integer between 0 and 2147483647")
    return found
