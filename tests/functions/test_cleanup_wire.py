from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.objects.document import BrokenAnswerError, split_listing
from runtime.objects.entry import Entry

HEAD = '<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
XML = "{http://s3.amazonaws.com/doc/2006-03-01/}"
XML_KEYS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n", exclude_characters="\ufffe\uffff"),
    min_size=1,
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def listing(*contents: str, tail: str = "") -> bytes:
    return f"{HEAD}<IsTruncated>true</IsTruncated>{''.join(contents)}{tail}</ListBucketResult>".encode()


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
    assert tags == ["IsTruncated", "CommonPrefixes", "NextContinuationToken"]
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


@given(keys=st.lists(XML_KEYS, min_size=1, max_size=5))
def test_a_batch_says_each_key_as_it_is(keys: list[str]) -> None:
    root = ET.fromstring(document([Entry(key, 1, "", '"<&>"', "", True) for key in keys]))  # noqa: S314
    assert [row.text for row in root.iter(f"{XML}Key")] == keys
    assert [row.text for row in root.iter(f"{XML}ETag")] == ['"<&>"'] * len(keys)


@pytest.mark.parametrize(
    ("version", "latest", "etag", "expected"),
    [
        ("", True, '"e"', ["Key", "ETag"]),
        ("v1", True, '"e"', ["Key", "VersionId"]),
        ("null", True, '"e"', ["Key", "VersionId", "ETag"]),
        ("null", False, '"e"', ["Key", "VersionId", "ETag"]),
        ("v2", True, "", ["Key", "VersionId"]),
    ],
    ids=["object", "version", "null version that can be overwritten", "older null version", "delete marker"],
)
def test_what_a_batch_names(version: str, latest: bool, etag: str, expected: list[str]) -> None:
    root = ET.fromstring(document([Entry("k", 1, "", etag, version, latest)]))  # noqa: S314
    assert [part.tag.removeprefix(XML) for row in root.iter(f"{XML}Object") for part in row] == expected
