from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.objects.document import BrokenAnswerError, split_listing
from runtime.objects.entry import Entry

HEAD = '<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
XML = "{http://s3.amazonaws.com/doc/2006-03-01/}"
ENCODED = b"<EncodingType>url</EncodingType>"
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def listing(*contents: str, tail: str = "") -> bytes:
    head = f"{HEAD}<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
    return f"{head}{''.join(contents)}{tail}</ListBucketResult>".encode()


def entry(key: str) -> str:
    return (
        f"<Contents><Key>{quote(key, safe='')}</Key><LastModified>2026-11-24T03:00:00.000Z</LastModified>"
        "<ETag>&quot;0a-2&quot;</ETag><Size>7</Size><Owner><ID>x</ID></Owner></Contents>"
    )


@given(keys=st.lists(KEYS, max_size=5))
def test_every_key_comes_back_as_it_was(keys: list[str]) -> None:
    entries, _ = split_listing(listing(*map(entry, keys)))
    assert entries == [Entry(key, 7, "2026-11-24T03:00:00", '"0a-2"', "", True) for key in keys]


def test_what_is_left_is_the_listing_without_entries() -> None:
    tail = "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><NextContinuationToken>t=</NextContinuationToken>"
    _, rest = split_listing(listing(entry("k"), entry("l"), tail=tail))
    root = ET.fromstring(rest)  # noqa: S314
    tags = [child.tag.removeprefix(XML) for child in root]
    assert tags == ["EncodingType", "IsTruncated", "CommonPrefixes", "NextContinuationToken"]
    assert root.findtext(f"{XML}NextContinuationToken") == "t="


def test_plus_is_a_space_and_percent_a_byte() -> None:
    body = listing(entry("k")).replace(b"<Key>k</Key>", b"<Key>a+b%2Bc%0A</Key>")
    assert split_listing(body)[0][0].key == "a b+c\n"


def test_versions_and_markers_are_told_apart() -> None:
    version = (
        "<Version><Key>k</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest>"
        "<LastModified>2026-11-24T03:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>3</Size></Version>"
    )
    marker = (
        "<DeleteMarker><Key>k</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>"
        "<LastModified>2026-11-24T04:00:00.000Z</LastModified></DeleteMarker>"
    )
    entries, _ = split_listing(listing(version, marker))
    assert entries == [
        Entry("k", 3, "2026-11-24T03:00:00", '"e"', "v1", False),
        Entry("k", 0, "2026-11-24T04:00:00", "", "v2", True),
    ]


@given(cut=st.integers(min_value=0, max_value=400))
def test_a_listing_that_is_cut_anywhere_is_refused(cut: int) -> None:
    whole = listing(entry("key"), entry("other"))
    with pytest.raises(BrokenAnswerError):
        split_listing(whole[: min(cut, len(whole) - 1)])


def test_an_object_without_an_etag_is_refused() -> None:
    bare = entry("k").replace("<ETag>&quot;0a-2&quot;</ETag>", "")
    with pytest.raises(BrokenAnswerError, match="ETag"):
        split_listing(listing(bare))


def test_without_an_encoding_a_key_is_what_stands_there() -> None:
    body = listing(entry("k")).replace(b"<Key>k</Key>", b"<Key>a+b%2Bc</Key>").replace(ENCODED, b"")
    assert split_listing(body)[0][0].key == "a+b%2Bc"


def test_a_body_that_is_not_whole_is_named_with_its_size() -> None:
    with pytest.raises(BrokenAnswerError, match="a listing of 5 bytes is not whole: "):
        split_listing(b"<List")
