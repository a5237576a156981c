"""Legal holds and retention: how they are put, read and changed, and what they protect."""

from typing import Any

from tests.local.account.behaviour.player import GUIDE, REFERENCE, Row, Step, do, put, suspend

MODES = f"{GUIDE}object-lock.html"
MANAGING = f"{GUIDE}object-lock-managing.html"
PUT_RETENTION = f"{REFERENCE}API_PutObjectRetention.html"
GET_RETENTION = f"{REFERENCE}API_GetObjectRetention.html"
PUT_HOLD = f"{REFERENCE}API_PutObjectLegalHold.html"
GET_HOLD = f"{REFERENCE}API_GetObjectLegalHold.html"
PUT_CONFIGURATION = f"{REFERENCE}API_PutObjectLockConfiguration.html"
PUT_OBJECT = f"{REFERENCE}API_PutObject.html"
COPY = f"{REFERENCE}API_CopyObject.html"
MULTIPART = f"{REFERENCE}API_CreateMultipartUpload.html"
PROTECTED = (403, "AccessDenied")
BYPASS = {"BypassGovernanceRetention": True}


def retain(mode: str | None, until: str | None, **more: Any) -> Step:
    """Give the key `a` a retention; None leaves an element out."""
    given = {"Mode": mode, "RetainUntilDate": until}
    found = {name: value for name, value in given.items() if value is not None}
    return do("put_object_retention", Key="a", Retention=found, **more)


def hold(status: str, **more: Any) -> Step:
    """Put a legal hold on the key `a`, or take it off."""
    return do("put_object_legal_hold", Key="a", LegalHold={"Status": status}, **more)


def kept(mode: str, until: str) -> Step:
    """Expect this retention of the key `a`."""
    return do("get_object_retention", Key="a").gives("Retention.[Mode, RetainUntilDate]", [mode, until])


def locked(mode: str, until: str) -> Step:
    """Put the key `a` with a retention."""
    return put(ObjectLockMode=mode, ObjectLockRetainUntilDate=until)


def default(**retention: Any) -> Step:
    """Give the bucket a default retention."""
    rule = {"DefaultRetention": retention}
    asked = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    return do("put_object_lock_configuration", ObjectLockConfiguration=asked)


REFUSED_CHANGES = tuple(
    Row(
        f"{was} is not weakened: {what}",
        MODES,
        "locked",
        (locked(was, "$later"), change, kept(was, "$later")),
        seaweedfs="refuses an empty retention under another code" if what.startswith("taken away") else "",
    )
    for was, what, change in (
        ("COMPLIANCE", "a shorter time", retain("COMPLIANCE", "$soon").refused(*PROTECTED)),
        ("COMPLIANCE", "a shorter time by who may bypass", retain("COMPLIANCE", "$soon", **BYPASS).refused(*PROTECTED)),
        ("COMPLIANCE", "to GOVERNANCE", retain("GOVERNANCE", "$later").refused(*PROTECTED)),
        ("COMPLIANCE", "to GOVERNANCE by who may bypass", retain("GOVERNANCE", "$later", **BYPASS).refused(*PROTECTED)),
        ("COMPLIANCE", "taken away", retain(None, None).refused(*PROTECTED)),
        ("COMPLIANCE", "taken away by who may bypass", retain(None, None, **BYPASS).refused(*PROTECTED)),
        ("GOVERNANCE", "a shorter time without bypass", retain("GOVERNANCE", "$soon").refused(*PROTECTED)),
        ("GOVERNANCE", "to COMPLIANCE without bypass", retain("COMPLIANCE", "$later").refused(*PROTECTED)),
        ("GOVERNANCE", "taken away without bypass", retain(None, None).refused(*PROTECTED)),
    )
)
ALLOWED_CHANGES = tuple(
    Row(f"{was} is changed: {what}", MODES, "locked", (locked(was, "$soon"), change, kept(mode, until)))
    for was, what, change, mode, until in (
        ("COMPLIANCE", "a longer time", retain("COMPLIANCE", "$later"), "COMPLIANCE", "$later"),
        ("GOVERNANCE", "a longer time", retain("GOVERNANCE", "$later"), "GOVERNANCE", "$later"),
        ("GOVERNANCE", "to COMPLIANCE with bypass", retain("COMPLIANCE", "$soon", **BYPASS), "COMPLIANCE", "$soon"),
    )
)
MALFORMED_RETENTIONS = tuple(
    Row(
        f"A retention is refused: {what}",
        PUT_RETENTION,
        "locked",
        (put(), change, _none),
        seaweedfs="refuses it as InvalidRequest" if "date" in what else "",
    )
    for _none in (do("head_object", Key="a").gives("ObjectLockMode", None),)
    for what, change in (
        ("a date that is over", retain("COMPLIANCE", "$past").refused(400, "InvalidArgument")),
        ("an unknown mode", retain("FOREVER", "$later").refused(400, "MalformedXML")),
        ("a mode in lower case", retain("governance", "$later").refused(400, "MalformedXML")),
        ("a mode without a date", retain("GOVERNANCE", None).refused(400, "MalformedXML")),
        ("a date without a mode", retain(None, "$later").refused(400, "MalformedXML")),
    )
)
REFUSED_HEADERS = tuple(
    Row(
        f"A put with a lock is refused: {what}",
        PUT_OBJECT,
        "locked",
        (put(**asked).refused(400, code), _absent),
        seaweedfs="refuses it under another code",
    )
    for _absent in (do("head_object", Key="a").refused(404, "404"),)
    for what, asked, code in (
        ("a mode without a date", {"ObjectLockMode": "COMPLIANCE"}, "InvalidArgument"),
        ("a date without a mode", {"ObjectLockRetainUntilDate": "$later"}, "InvalidArgument"),
        (
            "a date that is over",
            {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": "$past"},
            "InvalidArgument",
        ),
        ("an unknown mode", {"ObjectLockMode": "X", "ObjectLockRetainUntilDate": "$later"}, "InvalidArgument"),
        ("an unknown hold", {"ObjectLockLegalHoldStatus": "abc"}, "InvalidArgument"),
    )
)
REFUSED_DEFAULTS = tuple(
    Row(
        f"A default retention is refused: {what}",
        PUT_CONFIGURATION,
        "locked",
        (default(**given).refused(400, code),),
        gap=what not in {"days and years", "no mode"},
        beyond_stub=True,
        seaweedfs="refuses it as InvalidRetentionPeriod" if code == "InvalidArgument" else "",
    )
    for what, given, code in (
        ("days of zero", {"Mode": "GOVERNANCE", "Days": 0}, "InvalidArgument"),
        ("negative years", {"Mode": "GOVERNANCE", "Years": -1}, "InvalidArgument"),
        ("more than 100 years", {"Mode": "GOVERNANCE", "Years": 101}, "InvalidArgument"),
        ("days and years", {"Mode": "GOVERNANCE", "Days": 1, "Years": 1}, "MalformedXML"),
        ("neither days nor years", {"Mode": "GOVERNANCE"}, "MalformedXML"),
        ("an unknown mode", {"Mode": "FOREVER", "Days": 1}, "MalformedXML"),
        ("no mode", {"Days": 1}, "MalformedXML"),
    )
)
HELD = (put(ObjectLockLegalHoldStatus="ON").keep("held"),)
BATCH = {"Objects": [{"Key": "a", "VersionId": "$held"}]}
ERRORS = "Errors[].[Key, VersionId, Code]"
PROTECTION = (
    Row(
        "A held version stays when it is named, alone and in a batch, and can go once the hold is off",
        MANAGING,
        "locked",
        (
            *HELD,
            do("delete_object", Key="a", VersionId="$held").refused(*PROTECTED),
            do("delete_objects", Delete=BATCH).gives(ERRORS, [["a", "$held", "AccessDenied"]]).gives("Deleted", None),
            do("delete_objects", Delete=BATCH, **BYPASS).gives(ERRORS, [["a", "$held", "AccessDenied"]]),
            hold("OFF", VersionId="$held"),
            do("delete_object", Key="a", VersionId="$held"),
            do("list_object_versions").gives("Versions", None),
        ),
    ),
    Row(
        "A hold keeps no marker away, and the held version stays below it",
        MODES,
        "locked",
        (
            *HELD,
            do("delete_object", Key="a").gives("DeleteMarker", True),
            do("head_object", Key="a").refused(404, "404"),
            do("get_object", Key="a", VersionId="$held").gives("Body", b"a"),
        ),
        gap=False,
    ),
    Row(
        "A hold is one version's: another of the same key can go",
        MODES,
        "locked",
        (
            *HELD,
            put().keep("free"),
            do("delete_object", Key="a", VersionId="$free"),
            do("list_object_versions").gives("Versions[].VersionId", ["$held"]),
        ),
        gap=False,
    ),
    Row(
        "GOVERNANCE is bypassed only by who says so",
        MODES,
        "locked",
        (
            locked("GOVERNANCE", "$later").keep("held"),
            do("delete_object", Key="a", VersionId="$held").refused(*PROTECTED),
            do("delete_object", Key="a", VersionId="$held", BypassGovernanceRetention=False).refused(*PROTECTED),
            do("delete_objects", Delete=BATCH).gives(ERRORS, [["a", "$held", "AccessDenied"]]),
            do("delete_object", Key="a", VersionId="$held", BypassGovernanceRetention=True),
            do("list_object_versions").gives("Versions", None),
        ),
    ),
    Row(
        "COMPLIANCE is bypassed by nobody",
        MODES,
        "locked",
        (
            locked("COMPLIANCE", "$later").keep("held"),
            do("delete_object", Key="a", VersionId="$held", BypassGovernanceRetention=True).refused(*PROTECTED),
            do("delete_objects", Delete=BATCH, **BYPASS).gives(ERRORS, [["a", "$held", "AccessDenied"]]),
        ),
    ),
    Row(
        "GOVERNANCE is taken away with bypass, and the version can go",
        MANAGING,
        "locked",
        (
            locked("GOVERNANCE", "$later").keep("held"),
            retain(None, None, **BYPASS),
            do("delete_object", Key="a", VersionId="$held"),
        ),
        gap=False,
        seaweedfs="refuses an empty retention",
    ),
    Row(
        "A hold and a retention protect one without the other",
        MODES,
        "locked",
        (
            put(ObjectLockLegalHoldStatus="ON", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate="$later").keep(
                "held"
            ),
            do("delete_object", Key="a", VersionId="$held", **BYPASS).refused(*PROTECTED),
            hold("OFF"),
            do("delete_object", Key="a", VersionId="$held").refused(*PROTECTED),
            do("delete_object", Key="a", VersionId="$held", **BYPASS),
        ),
        gap=False,
    ),
)
READING = (
    Row(
        "A version without retention or hold says so",
        GET_RETENTION,
        "locked",
        (
            put(),
            do("get_object_retention", Key="a").refused(404, "NoSuchObjectLockConfiguration"),
            do("get_object_legal_hold", Key="a").refused(404, "NoSuchObjectLockConfiguration"),
        ),
        seaweedfs="has codes of its own for what is absent",
    ),
    Row(
        "A hold that was taken off is answered as OFF",
        GET_HOLD,
        "locked",
        (*HELD, hold("OFF"), do("get_object_legal_hold", Key="a").gives("LegalHold.Status", "OFF")),
        gap=False,
    ),
    Row(
        "Hold and retention of a version are its own",
        GET_HOLD,
        "locked",
        (
            *HELD,
            put(),
            do("get_object_legal_hold", Key="a", VersionId="$held").gives("LegalHold.Status", "ON"),
            do("get_object_legal_hold", Key="a").refused(404, "NoSuchObjectLockConfiguration"),
        ),
        seaweedfs="has codes of its own for what is absent",
    ),
    Row(
        "A bucket without Object Lock has neither holds nor retention",
        PUT_HOLD,
        "versioned",
        (
            put(),
            do("get_object_retention", Key="a").refused(400, "InvalidRequest"),
            do("get_object_legal_hold", Key="a").refused(400, "InvalidRequest"),
            retain("GOVERNANCE", "$later").refused(400, "InvalidRequest"),
            hold("ON").refused(400, "InvalidRequest"),
            put("b", ObjectLockLegalHoldStatus="ON").refused(400, "InvalidRequest"),
            put("b", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate="$later").refused(400, "InvalidRequest"),
        ),
        seaweedfs="answers 404, as for a version without",
    ),
    Row(
        "A delete marker has neither holds nor retention",
        f"{GUIDE}DeleteMarker.html",
        "locked",
        (
            do("delete_object", Key="a").keep("marker"),
            do("get_object_legal_hold", Key="a", VersionId="$marker").refused(405, "MethodNotAllowed"),
            do("get_object_retention", Key="a", VersionId="$marker").refused(405, "MethodNotAllowed"),
            hold("ON", VersionId="$marker").refused(405, "MethodNotAllowed"),
            retain("GOVERNANCE", "$later", VersionId="$marker").refused(405, "MethodNotAllowed"),
        ),
        seaweedfs="answers 404, as for a version without",
    ),
    Row(
        "An absent key has neither holds nor retention",
        PUT_HOLD,
        "locked",
        (
            hold("ON").refused(404, "NoSuchKey"),
            retain("GOVERNANCE", "$later").refused(404, "NoSuchKey"),
            do("get_object_legal_hold", Key="a").refused(404, "NoSuchKey"),
            do("get_object_retention", Key="a").refused(404, "NoSuchKey"),
        ),
        seaweedfs="fails within (500)",
    ),
    Row(
        "A hold is ON or OFF",
        PUT_HOLD,
        "locked",
        (put(), hold("abc").refused(400, "MalformedXML"), hold("on").refused(400, "MalformedXML")),
    ),
    Row(
        "The head of a version shows its hold and its retention",
        f"{REFERENCE}API_HeadObject.html",
        "locked",
        (
            locked("GOVERNANCE", "$later"),
            hold("ON"),
            do("head_object", Key="a").gives(
                "[ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus]", ["GOVERNANCE", "$later", "ON"]
            ),
        ),
        gap=False,
    ),
    Row(
        "The hold of an archived object can be read and put",
        GET_HOLD,
        "locked",
        (
            put(StorageClass="DEEP_ARCHIVE", ObjectLockLegalHoldStatus="ON"),
            do("get_object_legal_hold", Key="a").gives("LegalHold.Status", "ON"),
            hold("OFF"),
        ),
        beyond_stub=True,
    ),
)
CARRIED = (
    Row(
        "A multipart upload is locked as it was begun",
        MULTIPART,
        "locked",
        (
            do(
                "create_multipart_upload",
                Key="a",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate="$later",
                ObjectLockLegalHoldStatus="ON",
            ).keep("upload", "UploadId"),
            do("upload_part", Key="a", UploadId="$upload", PartNumber=1, Body=b"x").keep("part", "ETag"),
            do(
                "complete_multipart_upload",
                Key="a",
                UploadId="$upload",
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": "$part"}]},
            ).keep("held"),
            do("head_object", Key="a").gives(
                "[ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus]", ["COMPLIANCE", "$later", "ON"]
            ),
            do("delete_object", Key="a", VersionId="$held").refused(*PROTECTED),
        ),
        beyond_stub=True,
    ),
    Row(
        "A multipart upload takes the bucket's default retention",
        f"{GUIDE}object-lock-managing.html",
        "locked",
        (
            default(Mode="GOVERNANCE", Days=1),
            do("create_multipart_upload", Key="a").keep("upload", "UploadId"),
            do("upload_part", Key="a", UploadId="$upload", PartNumber=1, Body=b"x").keep("part", "ETag"),
            do(
                "complete_multipart_upload",
                Key="a",
                UploadId="$upload",
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": "$part"}]},
            ),
            do("head_object", Key="a").gives("ObjectLockMode", "GOVERNANCE"),
        ),
        beyond_stub=True,
    ),
    Row(
        "A multipart upload with a wrong lock is refused when it begins",
        MULTIPART,
        "locked",
        (
            do("create_multipart_upload", Key="a", ObjectLockMode="COMPLIANCE").refused(400, "InvalidArgument"),
            do("create_multipart_upload", Key="a", ObjectLockLegalHoldStatus="abc").refused(400, "InvalidArgument"),
            do("list_multipart_uploads").gives("Uploads", None),
        ),
        beyond_stub=True,
        seaweedfs="refuses under other codes",
    ),
    Row(
        "A copy is locked as it asks, not as its source is",
        COPY,
        "locked",
        (
            *HELD,
            do("copy_object", Key="free", CopySource={"Bucket": "$bucket", "Key": "a"}),
            do("head_object", Key="free").gives("ObjectLockLegalHoldStatus", None),
            do(
                "copy_object",
                Key="kept",
                CopySource={"Bucket": "$bucket", "Key": "a"},
                ObjectLockMode="GOVERNANCE",
                ObjectLockRetainUntilDate="$later",
                ObjectLockLegalHoldStatus="ON",
            ),
            do("head_object", Key="kept").gives("[ObjectLockMode, ObjectLockLegalHoldStatus]", ["GOVERNANCE", "ON"]),
        ),
        beyond_stub=True,
        seaweedfs="copies the source's hold",
    ),
    Row(
        "A copy takes the bucket's default retention",
        MANAGING,
        "locked",
        (
            put("source"),
            default(Mode="GOVERNANCE", Days=1),
            do("copy_object", Key="a", CopySource={"Bucket": "$bucket", "Key": "source"}),
            do("head_object", Key="a").gives("ObjectLockMode", "GOVERNANCE"),
        ),
        beyond_stub=True,
        seaweedfs="gives copies no default retention",
    ),
    Row(
        "An object that is put with a hold takes the default retention too",
        MANAGING,
        "locked",
        (
            default(Mode="GOVERNANCE", Days=1),
            put(ObjectLockLegalHoldStatus="ON"),
            do("head_object", Key="a").gives("[ObjectLockMode, ObjectLockLegalHoldStatus]", ["GOVERNANCE", "ON"]),
        ),
        beyond_stub=True,
    ),
    Row(
        "A default retention is taken away by a configuration without a rule, and holds no object put later",
        PUT_CONFIGURATION,
        "locked",
        (
            default(Mode="COMPLIANCE", Years=1),
            do("put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}),
            do("get_object_lock_configuration").gives("ObjectLockConfiguration.Rule", None),
            put(),
            do("head_object", Key="a").gives("ObjectLockMode", None),
        ),
        gap=False,
        beyond_stub=True,
    ),
    Row(
        "Object Lock is turned on for a versioned bucket that is there, and off for none",
        PUT_CONFIGURATION,
        "versioned",
        (
            do("get_object_lock_configuration").refused(404, "ObjectLockConfigurationNotFoundError"),
            put(),
            do("put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}),
            hold("ON"),
            do("put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Disabled"}).refused(
                400, "MalformedXML"
            ),
            suspend().refused(409, "InvalidBucketState"),
        ),
        beyond_stub=True,
    ),
    Row(
        "A bucket without versioning takes no default retention",
        PUT_CONFIGURATION,
        "plain",
        (default(Mode="GOVERNANCE", Days=1).refused(409, "InvalidBucketState"),),
        beyond_stub=True,
    ),
)
ROWS = (
    *REFUSED_CHANGES,
    *ALLOWED_CHANGES,
    *MALFORMED_RETENTIONS,
    *REFUSED_HEADERS,
    *REFUSED_DEFAULTS,
    *PROTECTION,
    *READING,
    *CARRIED,
)
