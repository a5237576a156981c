"""Listings of objects, versions, uploads and parts: order, pages, markers, delimiters, limits."""

from tests.local.account.behaviour.player import GUIDE, REFERENCE, Row, Step, do, put

VERSIONS = f"{REFERENCE}API_ListObjectVersions.html"
OBJECTS = f"{REFERENCE}API_ListObjects.html"
OBJECTS_2 = f"{REFERENCE}API_ListObjectsV2.html"
UPLOADS = f"{REFERENCE}API_ListMultipartUploads.html"
PARTS = f"{REFERENCE}API_ListParts.html"
PREFIXES = f"{GUIDE}using-prefixes.html"
MARKERS = f"{GUIDE}DeleteMarker.html"

OF_VERSIONS = (
    Row(
        "Versions are listed on where the last page ended, though what it showed is deleted",
        VERSIONS,
        "versioned",
        (
            put("a").keep("a1"),
            put("a").keep("a2"),
            put("b").keep("b1"),
            do("list_object_versions", MaxKeys=1)
            .gives("[Versions[].VersionId, IsTruncated]", [["$a2"], True])
            .keep("key", "NextKeyMarker")
            .keep("version", "NextVersionIdMarker"),
            do("delete_object", Key="a", VersionId="$a2"),
            do("list_object_versions", KeyMarker="$key", VersionIdMarker="$version").gives(
                "Versions[].VersionId", ["$a1", "$b1"]
            ),
        ),
    ),
    Row(
        "A key marker alone goes on behind all versions of its key",
        VERSIONS,
        "versioned",
        (
            put("a"),
            put("a"),
            put("b").keep("b1"),
            put("b").keep("b2"),
            do("list_object_versions", KeyMarker="a").gives("Versions[].VersionId", ["$b2", "$b1"]),
            do("list_object_versions", KeyMarker="aa").gives("Versions[].VersionId", ["$b2", "$b1"]),
            do("list_object_versions", KeyMarker="0").gives("length(Versions)", 4),
            do("list_object_versions", KeyMarker="b").gives("Versions", None),
        ),
    ),
    Row(
        "Pages of versions divide one key's, markers among them, newest first",
        VERSIONS,
        "versioned",
        (
            put().keep("old"),
            do("delete_object", Key="a").keep("marker"),
            put().keep("new"),
            do("list_object_versions", MaxKeys=2)
            .gives("[Versions[].VersionId, DeleteMarkers[].VersionId]", [["$new"], ["$marker"]])
            .gives("[NextKeyMarker, NextVersionIdMarker]", ["a", "$marker"]),
            do("list_object_versions", KeyMarker="a", VersionIdMarker="$marker")
            .gives("[Versions[].VersionId, DeleteMarkers]", [["$old"], None])
            .gives("IsTruncated", False),
        ),
        gap=False,
    ),
    Row(
        "A page that holds the last version is not truncated",
        VERSIONS,
        "versioned",
        (put(), put(), do("list_object_versions", MaxKeys=2).gives("[IsTruncated, NextKeyMarker]", [False, None])),
        gap=False,
    ),
    Row(
        "Versions below a prefix are rolled up, and count as one",
        PREFIXES,
        "versioned",
        (
            *(put(key) for key in ("p/x", "p/y", "p/y", "z")),
            do("list_object_versions", Delimiter="/").gives(
                "[CommonPrefixes[].Prefix, Versions[].Key]", [["p/"], ["z"]]
            ),
            do("list_object_versions", Delimiter="/", MaxKeys=1)
            .gives("[CommonPrefixes[].Prefix, Versions, IsTruncated]", [["p/"], None, True])
            .keep("key", "NextKeyMarker"),
            do("list_object_versions", Delimiter="/", KeyMarker="$key").gives(
                "[CommonPrefixes, Versions[].Key, IsTruncated]", [None, ["z"], False]
            ),
        ),
        gap=False,
    ),
    Row(
        "A version marker needs a key marker",
        VERSIONS,
        "versioned",
        (
            put().keep("version"),
            do("list_object_versions", VersionIdMarker="$version").refused(400, "InvalidArgument"),
        ),
        seaweedfs="ignores the version marker",
    ),
    Row(
        "Pages of versions know a prefix",
        VERSIONS,
        "versioned",
        (
            *(put(key) for key in ("a", "b/1", "b/2", "b/2", "c")),
            do("list_object_versions", Prefix="b/", MaxKeys=2)
            .gives("[Versions[].Key, IsTruncated]", [["b/1", "b/2"], True])
            .keep("key", "NextKeyMarker")
            .keep("version", "NextVersionIdMarker"),
            do("list_object_versions", Prefix="b/", KeyMarker="$key", VersionIdMarker="$version").gives(
                "[Versions[].Key, IsTruncated]", [["b/2"], False]
            ),
        ),
        gap=False,
    ),
    Row(
        "A page of no versions is the last",
        VERSIONS,
        "versioned",
        (put(), do("list_object_versions", MaxKeys=0).gives("[Versions, IsTruncated]", [None, False])),
        seaweedfs="takes a limit of 0 for none",
    ),
)
OF_OBJECTS = (
    Row(
        "A prefix below which everything is deleted is not shown",
        MARKERS,
        "versioned",
        (
            put("gone/a"),
            put("kept/a"),
            do("delete_object", Key="gone/a"),
            do("list_objects_v2", Delimiter="/").gives("CommonPrefixes[].Prefix", ["kept/"]),
            do("list_objects", Delimiter="/").gives("CommonPrefixes[].Prefix", ["kept/"]),
        ),
    ),
    Row(
        "Objects and prefixes share pages, in the order of keys",
        OBJECTS_2,
        "plain",
        (
            *(put(key) for key in ("a/1", "a/2", "b", "c/1", "d")),
            do("list_objects_v2", Delimiter="/", MaxKeys=2)
            .gives("[CommonPrefixes[].Prefix, Contents[].Key, KeyCount, IsTruncated]", [["a/"], ["b"], 2, True])
            .keep("token", "NextContinuationToken"),
            do("list_objects_v2", Delimiter="/", ContinuationToken="$token").gives(
                "[CommonPrefixes[].Prefix, Contents[].Key, IsTruncated]", [["c/"], ["d"], False]
            ),
        ),
        gap=False,
    ),
    Row(
        "The first version of the listing counts prefixes too, and names the last one for the next page",
        OBJECTS,
        "plain",
        (
            *(put(key) for key in ("a/1", "a/2", "b/1", "c")),
            do("list_objects", Delimiter="/", MaxKeys=1)
            .gives("[CommonPrefixes[].Prefix, Contents, IsTruncated]", [["a/"], None, True])
            .keep("marker", "NextMarker"),
            do("list_objects", Delimiter="/", Marker="$marker", MaxKeys=1)
            .gives("[CommonPrefixes[].Prefix, Contents, IsTruncated]", [["b/"], None, True])
            .keep("marker", "NextMarker"),
            do("list_objects", Delimiter="/", Marker="$marker").gives(
                "[CommonPrefixes, Contents[].Key, IsTruncated]", [None, ["c"], False]
            ),
        ),
    ),
    Row(
        "A listing begins behind StartAfter, which need not be there",
        OBJECTS_2,
        "plain",
        (
            *(put(key) for key in ("a", "b", "c")),
            do("list_objects_v2", StartAfter="a").gives("Contents[].Key", ["b", "c"]),
            do("list_objects_v2", StartAfter="aa").gives("Contents[].Key", ["b", "c"]),
            do("list_objects_v2", StartAfter="c").gives("[Contents, KeyCount]", [None, 0]),
        ),
        gap=False,
    ),
    Row(
        "A page goes on behind the last one's end, though what it showed is deleted",
        OBJECTS_2,
        "plain",
        (
            *(put(key) for key in ("a", "b", "c")),
            do("list_objects_v2", MaxKeys=1).keep("token", "NextContinuationToken"),
            do("delete_object", Key="a"),
            do("list_objects_v2", ContinuationToken="$token").gives("Contents[].Key", ["b", "c"]),
        ),
        gap=False,
    ),
    Row(
        "A page of no objects is the last",
        OBJECTS_2,
        "plain",
        (put(), do("list_objects_v2", MaxKeys=0).gives("[Contents, IsTruncated, KeyCount]", [None, False, 0])),
        gap=False,
    ),
    Row(
        "Keys are in the order of their bytes in UTF-8",
        f"{GUIDE}ListingKeysUsingAPIs.html",
        "plain",
        (
            *(put(key) for key in ("é", "z", "Z", "\U0001f600", "￿", "a b")),
            do("list_objects_v2").gives("Contents[].Key", ["Z", "a b", "z", "é", "￿", "\U0001f600"]),
        ),
        gap=False,
    ),
)


def _upload(key: str, name: str) -> Step:
    return do("create_multipart_upload", Key=key).keep(name, "UploadId")


OF_UPLOADS = (
    Row(
        "Uploads are listed by key and then by time",
        UPLOADS,
        "plain",
        (
            _upload("b", "b"),
            _upload("a", "a1"),
            _upload("a", "a2"),
            _upload("c", "c"),
            do("list_multipart_uploads").gives("Uploads[].UploadId", ["$a1", "$a2", "$b", "$c"]),
            do("list_multipart_uploads", Prefix="b").gives("Uploads[].UploadId", ["$b"]),
        ),
        beyond_stub=True,
        seaweedfs="lists uploads by their random ids",
    ),
    Row(
        "Pages of uploads divide one key's",
        UPLOADS,
        "plain",
        (
            _upload("a", "a1"),
            _upload("a", "a2"),
            _upload("b", "b"),
            do("list_multipart_uploads", MaxUploads=1)
            .gives("[Uploads[].UploadId, IsTruncated]", [["$a1"], True])
            .gives("[NextKeyMarker, NextUploadIdMarker]", ["a", "$a1"]),
            do("list_multipart_uploads", KeyMarker="a", UploadIdMarker="$a1").gives(
                "[Uploads[].UploadId, IsTruncated]", [["$a2", "$b"], False]
            ),
            do("list_multipart_uploads", KeyMarker="a").gives("Uploads[].UploadId", ["$b"]),
        ),
        beyond_stub=True,
        seaweedfs="lists uploads by their random ids",
    ),
    Row(
        "Uploads below a prefix are rolled up, and count as one",
        UPLOADS,
        "plain",
        (
            _upload("p/x", "x"),
            _upload("p/y", "y"),
            _upload("z", "z"),
            do("list_multipart_uploads", Delimiter="/").gives(
                "[CommonPrefixes[].Prefix, Uploads[].Key]", [["p/"], ["z"]]
            ),
            do("list_multipart_uploads", Delimiter="/", MaxUploads=1)
            .gives("[CommonPrefixes[].Prefix, Uploads, IsTruncated]", [["p/"], None, True])
            .keep("key", "NextKeyMarker"),
            do("list_multipart_uploads", Delimiter="/", KeyMarker="$key").gives("Uploads[].Key", ["z"]),
        ),
        beyond_stub=True,
        seaweedfs="ignores the delimiter",
    ),
    Row(
        "A page holds at most 1,000 uploads",
        UPLOADS,
        "plain",
        (_upload("a", "a"), do("list_multipart_uploads", MaxUploads=5000).gives("MaxUploads", 1000)),
        gap=False,
        beyond_stub=True,
        seaweedfs="takes any limit",
    ),
    Row(
        "Parts are listed by number, on behind the marker's number",
        PARTS,
        "plain",
        (
            _upload("a", "upload"),
            *(do("upload_part", Key="a", UploadId="$upload", PartNumber=n, Body=b"x") for n in (9, 1, 5)),
            do("list_parts", Key="a", UploadId="$upload", MaxParts=1)
            .gives("[Parts[].PartNumber, IsTruncated]", [[1], True])
            .gives("NextPartNumberMarker", 1),
            do("list_parts", Key="a", UploadId="$upload", PartNumberMarker=1).gives(
                "[Parts[].PartNumber, IsTruncated]", [[5, 9], False]
            ),
            do("list_parts", Key="a", UploadId="$upload", PartNumberMarker=6).gives("Parts[].PartNumber", [9]),
        ),
        beyond_stub=True,
    ),
)
ROWS = (*OF_VERSIONS, *OF_OBJECTS, *OF_UPLOADS)
