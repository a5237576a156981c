import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.objects import answers
from runtime.objects.bucket import Bucket, Page, Refusal
from runtime.objects.document import BrokenAnswerError
from runtime.objects.entry import Entry, Upload
from runtime.objects.errors import code_of
from tests.runtime.memory_s3 import LOCKED, OLD, Answer, Asked, MemoryS3, error

XML_KEYS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n", exclude_characters="\ufffe\uffff"),
    min_size=1,
)
FOREIGN = "<html><body>Please log in</body></html>"

CALLS: dict[str, Callable[[Bucket], object]] = {
    "GetBucketTagging": lambda bucket: bucket.overview(),
    "GetBucketVersioning": lambda bucket: bucket.overview(),
    "ListObjectsV2": lambda bucket: bucket.page("", {}),
    "ListObjectVersions": lambda bucket: (bucket.overview(), bucket.page("", {})),
    "ListMultipartUploads": lambda bucket: bucket.uploads({}),
    "DeleteObjects": lambda bucket: bucket.delete_batch([entry("a"), entry("b")]),
    "DeleteObject": lambda bucket: bucket.delete_one(entry("a")),
    "AbortMultipartUpload": lambda bucket: bucket.abort(Upload("k", "u1", datetime(2026, 11, 24, tzinfo=UTC))),
    "GetObjectLegalHold": lambda bucket: bucket.legal_hold(entry("a", version="v2")),
    "GetObjectRetention": lambda bucket: bucket.retention(entry("a", version="v2")),
}


def entry(key: str, *, version: str = "", etag: str = '"e1"', latest: bool = True) -> Entry:
    return Entry(key, 7, OLD, etag, version, latest)


@pytest.fixture
def full(s3: MemoryS3) -> MemoryS3:
    s3.versioning = "Enabled"
    for key in "ab":
        version = s3.put(key)
        version.hold = version.retained = True
    s3.uploads["k", "u1"] = "2026-11-20T00:00:00.000Z"
    return s3


def answered(s3: MemoryS3, operation: str, answer: Callable[[Answer], Answer]) -> None:
    s3.before = lambda asked: answer if asked.operation == operation else None


def without(element: str, answer: Answer) -> Answer:
    return answer._replace(body=re.sub(f"<{element}>.*</{element}>", "", answer.body))


def swapped(old: str, new: str, answer: Answer) -> Answer:
    return answer._replace(body=answer.body.replace(old, new))


def test_every_request_of_the_engine_has_its_row_here_and_its_expectation() -> None:
    assert set(CALLS) == set(answers.ROOTS) | answers.EMPTY


@pytest.mark.parametrize("operation", CALLS)
def test_each_call_asks_for_what_it_is_called_and_names_the_owner(
    full: MemoryS3, bucket: Bucket, operation: str
) -> None:
    CALLS[operation](bucket)
    assert operation in full.counts()
    assert {asked.headers["x-amz-expected-bucket-owner"] for asked in full.asked} == {"123456789012"}


@pytest.mark.parametrize("body", [FOREIGN, "", "no xml", "<Deleted/>", "\x00"])
@pytest.mark.parametrize("operation", CALLS)
def test_a_success_that_is_somebody_elses_is_none(full: MemoryS3, bucket: Bucket, operation: str, body: str) -> None:
    answered(full, operation, lambda _answer: Answer(200, body))
    expected = "204" if operation in answers.EMPTY else answers.ROOTS[operation]
    with pytest.raises(BrokenAnswerError, match=rf"{operation} was answered by .*; expected {expected}"):
        CALLS[operation](bucket)


@pytest.mark.parametrize("head", ['<?xml version="1.0" encoding="UTF-8"?>\n', " \n", ""])
def test_an_answer_may_begin_as_xml_may(full: MemoryS3, bucket: Bucket, head: str) -> None:
    answered(full, "DeleteObjects", lambda answer: answer._replace(body=head + answer.body))
    assert len(bucket.delete_batch([entry("a", version="v2"), entry("b", version="v4")])) == 2


@pytest.mark.parametrize("operation", sorted(answers.ROOTS))
def test_an_error_inside_a_200_is_that_error(full: MemoryS3, bucket: Bucket, operation: str) -> None:
    answered(full, operation, lambda _answer: error(200, "InternalError"))
    with pytest.raises(ClientError, match="InternalError"):
        CALLS[operation](bucket)


@pytest.mark.parametrize("operation", CALLS)
def test_an_error_is_botocores(full: MemoryS3, bucket: Bucket, operation: str) -> None:
    answered(full, operation, lambda _answer: error(403, "AccessDenied"))
    with pytest.raises(ClientError) as caught:
        CALLS[operation](bucket)
    assert (caught.value.operation_name, code_of(caught.value)) == (operation, "AccessDenied")


def test_an_overview_has_tags_versioning_and_s3s_clock(s3: MemoryS3, bucket: Bucket) -> None:
    tag = "<Tag><Key>temporary</Key><Value>true</Value></Tag>"
    answered(s3, "GetBucketTagging", lambda _answer: Answer(200, f"<Tagging><TagSet>{tag}</TagSet></Tagging>"))
    found = bucket.overview()
    assert (found.tags, found.versioned) == ({"temporary": "true"}, False)
    assert found.now == datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert found.now.tzinfo is UTC


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
def test_whoever_ever_kept_versions_is_listed_by_version(s3: MemoryS3, bucket: Bucket, versioning: str) -> None:
    s3.versioning = versioning
    s3.put("a")
    s3.mark("b")
    assert bucket.overview().versioned
    kinds = [(found.key, bool(found.version), found.marker) for found in bucket.page("", {}).entries]
    assert kinds == [("a", True, False), ("b", True, True)]


def test_pages_follow_one_another(s3: MemoryS3, bucket: Bucket) -> None:
    s3.page = 2
    for key in ("a", "b+c d", "é/\n", "z"):
        s3.put(key)
    pages: list[Page] = [bucket.page("", {})]
    while following := pages[-1].following:
        pages.append(bucket.page("", following))
    assert [[found.key for found in page.entries] for page in pages] == [["a", "b+c d"], ["z", "é/\n"]]
    assert pages[0].entries[0] == Entry("a", 7, OLD, '"e1"', "", True)


def test_a_page_is_of_a_prefix_and_a_delimiter_groups(s3: MemoryS3, bucket: Bucket) -> None:
    for key in ("a/1", "a/b/2", "a/b/3", "b/4"):
        s3.put(key)
    assert [found.key for found in bucket.page("b", {}).entries] == ["b/4"]
    page = bucket.page("a/", {}, delimiter="/")
    assert ([found.key for found in page.entries], page.prefixes, page.following) == (["a/1"], ["a/b/"], None)


def test_a_grouped_page_of_versions_may_end_with_a_prefix(s3: MemoryS3, bucket: Bucket) -> None:
    s3.versioning, s3.page = "Enabled", 1
    for key in ("a/1", "b/1"):
        s3.put(key)
    bucket.overview()
    page = bucket.page("", {}, delimiter="/")
    assert (page.prefixes, page.following is None) == (["a/"], False)


@pytest.mark.parametrize(
    ("versioned", "version", "expected"),
    [
        (False, "", {"StartAfter": "k"}),
        (False, "v1", {"StartAfter": "k"}),
        (True, "", {"KeyMarker": "k"}),
        (True, "v1", {"KeyMarker": "k", "VersionIdMarker": "v1"}),
    ],
)
def test_what_to_ask_after_a_key(
    s3: MemoryS3, bucket: Bucket, versioned: bool, version: str, expected: dict[str, str]
) -> None:
    s3.versioning = "Enabled" if versioned else ""
    bucket.overview()
    assert bucket.after("k", version) == expected


@pytest.mark.parametrize(
    ("versioning", "missing"),
    [("", "NextContinuationToken"), ("Enabled", "NextKeyMarker"), ("Enabled", "NextVersionIdMarker")],
)
def test_a_listing_cut_short_that_does_not_say_where_it_goes_on_is_named(
    s3: MemoryS3, bucket: Bucket, versioning: str, missing: str
) -> None:
    s3.versioning, s3.page = versioning, 1
    s3.put("a")
    s3.put("b")
    bucket.overview()
    s3.before = lambda _asked: (
        lambda answer: answer._replace(body=re.sub(f"<{missing}>.*</{missing}>", "", answer.body))
    )
    with pytest.raises(BrokenAnswerError, match=f"does not say where it goes on: {missing} is missing"):
        bucket.page("", {})


def test_a_listing_that_goes_on_where_it_began_is_named(s3: MemoryS3, bucket: Bucket) -> None:
    s3.page = 1
    for key in "abc":
        s3.put(key)
    following = bucket.page("", {}).following
    assert following == {"ContinuationToken": "a"}
    answered(s3, "ListObjectsV2", partial(swapped, "Token>b<", "Token>a<"))
    with pytest.raises(BrokenAnswerError, match="does not go on from where it was asked to"):
        bucket.page("", {"ContinuationToken": "a"})


def sent(s3: MemoryS3) -> list[dict[str, str | None]]:
    root = ET.fromstring(s3.asked[-1].body)  # noqa: S314
    assert root.findtext("{*}Quiet") == "true"
    return [{part.tag.partition("}")[2]: part.text for part in row} for row in root.findall("{*}Object")]


@given(keys=st.lists(XML_KEYS, min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_batch_says_each_key_as_it_is(s3: MemoryS3, bucket: Bucket, keys: list[str]) -> None:
    bucket.delete_batch([entry(key, etag='"<&>"') for key in keys])
    assert sent(s3) == [{"Key": key, "ETag": '"<&>"'} for key in keys]


NAMED = [
    ("", '"e1"', {"ETag": '"e1"'}),
    ("v1", '"e1"', {"VersionId": "v1"}),
    ("null", '"e1"', {"VersionId": "null", "ETag": '"e1"'}),
    ("v2", "", {"VersionId": "v2"}),
]
OF = ["object", "version", "null version, which can be overwritten", "delete marker"]


@pytest.mark.parametrize(("version", "etag", "named"), NAMED, ids=OF)
def test_what_a_batch_names(s3: MemoryS3, bucket: Bucket, version: str, etag: str, named: dict[str, str]) -> None:
    bucket.delete_batch([entry("k", version=version, etag=etag)])
    assert sent(s3) == [{"Key": "k", **named}]


@pytest.mark.parametrize(("version", "etag", "named"), NAMED, ids=OF)
def test_what_a_single_delete_names(
    s3: MemoryS3, bucket: Bucket, version: str, etag: str, named: dict[str, str]
) -> None:
    s3.rows["k\x01"] = [s3.put("other")]
    s3.rows["k\x01"][0].etag = '"e1"'
    bucket.delete_one(entry("k\x01", version=version, etag=etag))
    asked: Asked = s3.asked[-1]
    assert (asked.key, asked.query.get("versionId"), asked.headers.get("if-match")) == (
        "k\x01",
        named.get("VersionId"),
        named.get("ETag"),
    )


def test_what_was_not_deleted_is_named_with_code_and_words(s3: MemoryS3, bucket: Bucket) -> None:
    s3.versioning = "Enabled"
    held, free = s3.put("held"), s3.put("free")
    held.hold = True
    refused = bucket.delete_batch([entry(row.key, version=row.id, etag=row.etag) for row in (held, free)])
    words = "Access Denied because object protected by object lock."
    assert refused == [Refusal("held", held.id, "AccessDenied", words)]
    assert [row.key for row in s3.versions()] == ["held"]
    assert LOCKED


def test_uploads_of_any_key_are_listed_page_by_page(s3: MemoryS3, bucket: Bucket) -> None:
    s3.page = 1
    for key, upload in (("bell\x07", "u1"), ("a+b %", "u2"), ("a+b %", "u3")):
        s3.uploads[key, upload] = "2026-11-20T01:02:03.000Z"
    found: list[Upload] = []
    following: dict[str, str] | None = {}
    while following is not None:
        page = bucket.uploads(following)
        found += page.uploads
        following = page.following
    began = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
    assert found == [Upload("a+b %", "u2", began), Upload("a+b %", "u3", began), Upload("bell\x07", "u1", began)]


def test_without_an_encoding_an_uploads_key_is_what_stands_there(s3: MemoryS3, bucket: Bucket) -> None:
    s3.uploads["a b", "u"] = "2026-11-20T01:02:03.000Z"
    answered(s3, "ListMultipartUploads", partial(swapped, "<EncodingType>url</EncodingType>", ""))
    assert [upload.key for upload in bucket.uploads({}).uploads] == ["a%20b"]


@pytest.mark.parametrize("missing", ["NextKeyMarker", "NextUploadIdMarker"])
def test_a_cut_listing_of_uploads_without_its_marker_is_named(s3: MemoryS3, bucket: Bucket, missing: str) -> None:
    s3.page = 1
    for upload in ("u1", "u2"):
        s3.uploads["k", upload] = "2026-11-20T01:02:03.000Z"
    s3.before = lambda _asked: (
        lambda answer: answer._replace(body=re.sub(f"<{missing}>.*</{missing}>", "", answer.body))
    )
    with pytest.raises(BrokenAnswerError, match=f"{missing} is missing"):
        bucket.uploads({})


def test_the_client_repeats_nothing_by_itself(client: Any) -> None:
    assert client.meta.config.retries == {"total_max_attempts": 1, "mode": "standard"}
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (5, 15.0)


def test_a_listing_is_not_parsed_once_more_by_botocore(s3: MemoryS3, bucket: Bucket, monkeypatch: Any) -> None:
    from botocore import handlers  # noqa: PLC0415

    sizes: list[int] = []

    def looks(_status: int, body: bytes) -> bool:
        sizes.append(len(body))
        return False

    monkeypatch.setattr(handlers, "_looks_like_special_case_error", looks)
    for n in range(100):
        s3.put(f"{n:03}")
    assert len(bucket.page("", {}).entries) == 100
    assert sizes
    assert max(sizes) < 400
