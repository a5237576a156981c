"""Writes: conditions, digests, uploads in parts, copies."""

from typing import Any

from tests.local.account.behaviour.player import GUIDE, REFERENCE, Row, Step, do, put

CONDITIONAL = f"{GUIDE}conditional-writes.html"
CONDITIONAL_DELETES = f"{GUIDE}conditional-deletes.html"
COPY = f"{REFERENCE}API_CopyObject.html"
PART_COPY = f"{REFERENCE}API_UploadPartCopy.html"
COMPLETE = f"{REFERENCE}API_CompleteMultipartUpload.html"
ABORT = f"{REFERENCE}API_AbortMultipartUpload.html"
INTEGRITY = f"{GUIDE}checking-object-integrity-upload.html"
FAILED, WRONG = (412, "PreconditionFailed"), '"00000000000000000000000000000000"'
NO_UPLOAD = (404, "NoSuchUpload")


def begun(key: str = "a", part: bytes = b"part") -> tuple[Step, ...]:
    """An upload of one part, `$upload`, with its part's ETag `$part`."""
    return (
        do("create_multipart_upload", Key=key).keep("upload", "UploadId"),
        do("upload_part", Key=key, UploadId="$upload", PartNumber=1, Body=part).keep("part", "ETag"),
    )


def complete(key: str = "a", **more: Any) -> Step:
    """Complete `$upload`."""
    parts = {"Parts": [{"PartNumber": 1, "ETag": "$part"}]}
    return do("complete_multipart_upload", Key=key, UploadId="$upload", MultipartUpload=parts, **more)


def copy(source: str = "source", key: str = "a", **more: Any) -> Step:
    """Copy one key to another."""
    return do("copy_object", Key=key, CopySource={"Bucket": "$bucket", "Key": source}, **more)


def holds(body: bytes) -> Step:
    """Expect this body of the key `a`."""
    return do("get_object", Key="a").gives("Body", body)


CONDITIONS = (
    Row(
        "A put for a first object is refused where one is",
        CONDITIONAL,
        "plain",
        (
            put(IfNoneMatch="*"),
            do("put_object", Key="a", Body=b"second", IfNoneMatch="*").refused(*FAILED),
            holds(b"a"),
        ),
        gap=False,
    ),
    Row(
        "A put for a first object succeeds above a delete marker",
        CONDITIONAL,
        "versioned",
        (put(), do("delete_object", Key="a"), put(IfNoneMatch="*"), holds(b"a")),
        gap=False,
    ),
    Row(
        "A put for one object is refused where another is, or none",
        CONDITIONAL,
        "plain",
        (
            put(IfMatch=WRONG).refused(404, "NoSuchKey"),
            put().keep("etag", "ETag"),
            do("put_object", Key="a", Body=b"second", IfMatch=WRONG).refused(*FAILED),
            do("put_object", Key="a", Body=b"third", IfMatch="$etag"),
            holds(b"third"),
        ),
        gap=False,
        seaweedfs="answers 412 also where none is",
    ),
    Row(
        "A put with If-None-Match of an ETag is not implemented",
        f"{REFERENCE}API_PutObject.html",
        "plain",
        (put(IfNoneMatch=WRONG).refused(501, "NotImplemented"),),
        seaweedfs="compares the ETag",
    ),
    Row(
        "A completion for a first object is refused where one is, and the upload stays",
        COMPLETE,
        "plain",
        (
            put(),
            *begun(),
            complete(IfNoneMatch="*").refused(*FAILED),
            holds(b"a"),
            do("list_multipart_uploads").gives("Uploads[].UploadId", ["$upload"]),
            complete(),
            holds(b"part"),
        ),
        gap=False,
        beyond_stub=True,
    ),
    Row(
        "A completion for one object is refused where another is, and the upload stays",
        COMPLETE,
        "plain",
        (
            put().keep("etag", "ETag"),
            *begun(),
            complete(IfMatch=WRONG).refused(*FAILED),
            holds(b"a"),
            complete(IfMatch="$etag"),
            holds(b"part"),
        ),
        beyond_stub=True,
    ),
    Row(
        "A completion for one object is refused where none is",
        COMPLETE,
        "plain",
        (*begun(), complete(IfMatch=WRONG).refused(404, "NoSuchKey")),
        beyond_stub=True,
        seaweedfs="answers 412 also where none is",
    ),
    Row(
        "A copy for a first object is refused where one is",
        COPY,
        "plain",
        (put(), put("source"), copy(IfNoneMatch="*").refused(*FAILED), holds(b"a"), copy(key="b", IfNoneMatch="*")),
        beyond_stub=True,
    ),
    Row(
        "A copy for one object is refused where another is",
        COPY,
        "plain",
        (
            put().keep("etag", "ETag"),
            put("source"),
            copy(IfMatch=WRONG).refused(*FAILED),
            holds(b"a"),
            copy(IfMatch="$etag"),
            holds(b"source"),
        ),
        beyond_stub=True,
    ),
    Row(
        "A copy is made under its source's conditions",
        COPY,
        "plain",
        (
            put("source").keep("etag", "ETag"),
            copy(CopySourceIfMatch=WRONG).refused(*FAILED),
            copy(CopySourceIfNoneMatch="$etag").refused(*FAILED),
            copy(CopySourceIfUnmodifiedSince="$past").refused(*FAILED),
            do("head_object", Key="a").refused(404, "404"),
            copy(CopySourceIfMatch="$etag", CopySourceIfUnmodifiedSince="$past"),
            copy(CopySourceIfModifiedSince="$past"),
        ),
        beyond_stub=True,
    ),
    Row(
        "A part is copied under its source's conditions",
        PART_COPY,
        "plain",
        (
            put("source").keep("etag", "ETag"),
            *begun(),
            *(
                do(
                    "upload_part_copy",
                    Key="a",
                    UploadId="$upload",
                    PartNumber=1,
                    CopySource={"Bucket": "$bucket", "Key": "source"},
                    **{f"CopySourceIf{name}": value},
                ).refused(*FAILED)
                for name, value in (("Match", WRONG), ("NoneMatch", "$etag"), ("UnmodifiedSince", "$past"))
            ),
        ),
        beyond_stub=True,
    ),
    Row(
        "A delete for one object is refused where another is",
        CONDITIONAL_DELETES,
        "plain",
        (
            put().keep("etag", "ETag"),
            do("delete_object", Key="a", IfMatch=WRONG).refused(*FAILED),
            holds(b"a"),
            do("delete_object", Key="a", IfMatch="$etag"),
            do("head_object", Key="a").refused(404, "404"),
        ),
        gap=False,
    ),
    Row(
        "A batch deletes each key under its own condition",
        CONDITIONAL_DELETES,
        "plain",
        (
            put().keep("etag", "ETag"),
            put("b"),
            do(
                "delete_objects",
                Delete={"Objects": [{"Key": "a", "ETag": "$etag"}, {"Key": "b", "ETag": WRONG}], "Quiet": True},
            ).gives("Errors[].[Key, Code]", [["b", "PreconditionFailed"]]),
            do("list_objects_v2").gives("Contents[].Key", ["b"]),
        ),
    ),
    Row(
        "A delete for one object above which another lies makes no marker",
        CONDITIONAL_DELETES,
        "versioned",
        (
            do("put_object", Key="a", Body=b"old").keep("etag", "ETag"),
            do("put_object", Key="a", Body=b"new"),
            do("delete_object", Key="a", IfMatch="$etag").refused(*FAILED),
            do("list_object_versions").gives("DeleteMarkers", None),
        ),
        gap=False,
    ),
)
DIGESTS = tuple(
    Row(f"A body is refused: {what}", INTEGRITY, "plain", (change.refused(400, code), _absent), beyond_stub=True)
    for _absent in (do("head_object", Key="a").refused(404, "404"),)
    for what, change, code in (
        ("another MD5", put(ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg=="), "BadDigest"),
        ("an MD5 that is none", put(ContentMD5="abc"), "InvalidDigest"),
        ("another SHA-256", put(ChecksumSHA256="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), "BadDigest"),
        ("another SHA-1", put(ChecksumSHA1="2jmj7l5rSw0yVb/vlWAYkK/YBwk="), "BadDigest"),
        ("another CRC32", put(ChecksumCRC32="AAAAAA=="), "BadDigest"),
    )
)
PARTS = (
    Row(
        "A part with another MD5 is refused",
        INTEGRITY,
        "plain",
        (
            do("create_multipart_upload", Key="a").keep("upload", "UploadId"),
            do(
                "upload_part",
                Key="a",
                UploadId="$upload",
                PartNumber=1,
                Body=b"x",
                ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==",
            ).refused(400, "BadDigest"),
            do("list_parts", Key="a", UploadId="$upload").gives("Parts", None),
        ),
        beyond_stub=True,
    ),
    Row(
        "An upload id ends, and takes parts for, no other key than its own",
        ABORT,
        "plain",
        (
            *begun("a"),
            do("abort_multipart_upload", Key="b", UploadId="$upload").refused(*NO_UPLOAD),
            complete("b").refused(*NO_UPLOAD),
            do("upload_part", Key="b", UploadId="$upload", PartNumber=2, Body=b"x").refused(*NO_UPLOAD),
            do("list_parts", Key="b", UploadId="$upload").refused(*NO_UPLOAD),
            complete("a"),
            do("list_objects_v2").gives("Contents[].Key", ["a"]),
        ),
        beyond_stub=True,
    ),
    Row(
        "An upload that is gone takes no part, and ends no more",
        ABORT,
        "plain",
        (
            *begun(),
            do("abort_multipart_upload", Key="a", UploadId="$upload"),
            do("abort_multipart_upload", Key="a", UploadId="$upload").refused(*NO_UPLOAD),
            do("upload_part", Key="a", UploadId="$upload", PartNumber=2, Body=b"x").refused(*NO_UPLOAD),
            do("list_parts", Key="a", UploadId="$upload").refused(*NO_UPLOAD),
            complete().refused(*NO_UPLOAD),
        ),
        beyond_stub=True,
        seaweedfs="aborts an absent upload with success",
    ),
    Row(
        "Parts are completed in ascending order, each as it was uploaded",
        COMPLETE,
        "plain",
        (
            *begun(),
            do("upload_part", Key="a", UploadId="$upload", PartNumber=2, Body=b"x").keep("second", "ETag"),
            *(
                do("complete_multipart_upload", Key="a", UploadId="$upload", MultipartUpload={"Parts": parts}).refused(
                    400, code
                )
                for parts, code in (
                    ([{"PartNumber": 2, "ETag": "$second"}, {"PartNumber": 1, "ETag": "$part"}], "InvalidPartOrder"),
                    ([{"PartNumber": 3, "ETag": "$part"}], "InvalidPart"),
                    ([{"PartNumber": 1, "ETag": "$second"}], "InvalidPart"),
                    ([], "MalformedXML"),
                )
            ),
        ),
        beyond_stub=True,
        seaweedfs="drops the upload after a wrong completion",
    ),
    Row(
        "Parts are numbered from 1 to 10,000",
        f"{REFERENCE}API_UploadPart.html",
        "plain",
        (
            *begun(),
            *(
                do("upload_part", Key="a", UploadId="$upload", PartNumber=number, Body=b"x").refused(
                    400, "InvalidArgument"
                )
                for number in (0, 10_001)
            ),
            do("list_parts", Key="a", UploadId="$upload").gives("Parts[].PartNumber", [1]),
        ),
        beyond_stub=True,
        seaweedfs="refuses it as InvalidPart",
    ),
    Row(
        "A completion that is repeated succeeds",
        COMPLETE,
        "plain",
        (*begun(), complete(), complete(), do("list_objects_v2").gives("Contents[].Key", ["a"])),
        gap=False,
        beyond_stub=True,
    ),
    Row(
        "A copy takes its source's tags, and no older ones",
        COPY,
        "plain",
        (
            put(Tagging="old=1"),
            put("source", Tagging="new=1"),
            copy(),
            do("get_object_tagging", Key="a").gives("TagSet", [{"Key": "new", "Value": "1"}]),
            copy(TaggingDirective="REPLACE", Tagging="own=1"),
            do("get_object_tagging", Key="a").gives("TagSet", [{"Key": "own", "Value": "1"}]),
        ),
        beyond_stub=True,
    ),
    Row(
        "A delete marker that is named by its version can not be copied, and one that is latest is no source",
        COPY,
        "versioned",
        (
            put("source"),
            do("delete_object", Key="source").keep("marker"),
            copy().refused(404, "NoSuchKey"),
            do(
                "copy_object",
                Key="a",
                CopySource={"Bucket": "$bucket", "Key": "source", "VersionId": "$marker"},
            ).refused(400, "InvalidRequest"),
        ),
        beyond_stub=True,
        seaweedfs="answers 404, as for an absent version",
    ),
    Row(
        "A part of an absent source is refused by name",
        PART_COPY,
        "plain",
        (
            *begun(),
            do(
                "upload_part_copy",
                Key="a",
                UploadId="$upload",
                PartNumber=1,
                CopySource={"Bucket": "$bucket", "Key": "absent"},
            ).refused(404, "NoSuchKey"),
        ),
        beyond_stub=True,
    ),
    Row(
        "The tags of an archived object can be read",
        f"{REFERENCE}API_GetObjectTagging.html",
        "plain",
        (
            put(StorageClass="DEEP_ARCHIVE", Tagging="a=1"),
            do("get_object_tagging", Key="a").gives("TagSet", [{"Key": "a", "Value": "1"}]),
            do("get_object", Key="a").refused(403, "InvalidObjectState"),
        ),
        beyond_stub=True,
        seaweedfs="archives nothing, so that the object can be read",
    ),
)
ROWS = (*CONDITIONS, *DIGESTS, *PARTS)
