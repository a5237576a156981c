"""Versions, null versions and delete markers in the three states of versioning."""

from tests.local.account.behaviour.player import GUIDE, REFERENCE, Row, do, put, suspend, versioning

SUSPENDED_DELETE = f"{GUIDE}DeletingObjectsfromVersioningSuspendedBuckets.html"
SUSPENDED_PUT = f"{GUIDE}AddingObjectstoVersionSuspendedBuckets.html"
MARKERS = f"{GUIDE}DeleteMarker.html"
DELETING = f"{GUIDE}DeletingObjectVersions.html"
NOT_VERSIONED = f"{GUIDE}VersioningWorkflows.html"
LOCKED = f"{GUIDE}object-lock-managing.html"
DELETE_OBJECT = f"{REFERENCE}API_DeleteObject.html"
DELETE_OBJECTS = f"{REFERENCE}API_DeleteObjects.html"

VERSIONS, MARKED = "Versions[].VersionId", "DeleteMarkers[].VersionId"


ROWS = (
    Row(
        "Versioning is Enabled or Suspended",
        f"{REFERENCE}API_PutBucketVersioning.html",
        "versioned",
        (versioning("Off").refused(400, "MalformedXML"), do("get_bucket_versioning").gives("Status", "Enabled")),
        seaweedfs="refuses it as InvalidRequest",
    ),
    Row(
        "A delete by key in a suspended bucket leaves what has an id, and marks it with the version null",
        SUSPENDED_DELETE,
        "versioned",
        (
            put().keep("old"),
            put().keep("new"),
            suspend(),
            do("delete_object", Key="a").gives("VersionId", "null").gives("DeleteMarker", True),
            do("list_object_versions").gives(VERSIONS, ["$new", "$old"]).gives(MARKED, ["null"]),
            do("get_object", Key="a", VersionId="$old").gives("Body", b"a"),
        ),
    ),
    Row(
        "A put in a suspended bucket leaves what has an id, and becomes the version null",
        SUSPENDED_PUT,
        "versioned",
        (
            put().keep("old"),
            suspend(),
            put(),
            do("list_object_versions").gives(VERSIONS, ["null", "$old"]).gives("Versions[].IsLatest", [True, False]),
            do("head_object", Key="a", VersionId="$old").gives("ContentLength", 1),
        ),
        seaweedfs="lists the null version below older ones",
    ),
    Row(
        "Each put in a suspended bucket takes the place of the version null",
        SUSPENDED_PUT,
        "versioned",
        (
            suspend(),
            do("put_object", Key="a", Body=b"first"),
            do("put_object", Key="a", Body=b"second"),
            do("list_object_versions").gives(VERSIONS, ["null"]),
            do("get_object", Key="a").gives("Body", b"second"),
        ),
        gap=False,
    ),
    Row(
        "Each delete by key in a suspended bucket takes the place of the version null, object or marker",
        SUSPENDED_DELETE,
        "versioned",
        (
            put().keep("kept"),
            suspend(),
            put(),
            do("delete_object", Key="a"),
            do("delete_object", Key="a"),
            do("list_object_versions").gives(VERSIONS, ["$kept"]).gives(MARKED, ["null"]),
        ),
    ),
    Row(
        "What was put before versioning is the version null, and stays when versioning begins",
        f"{GUIDE}AddingObjectstoVersioningEnabledBuckets.html",
        "plain",
        (
            put(),
            versioning("Enabled"),
            put().keep("new"),
            do("list_object_versions").gives(VERSIONS, ["$new", "null"]),
            do("delete_object", Key="a", VersionId="null"),
            do("list_object_versions").gives(VERSIONS, ["$new"]),
        ),
        gap=False,
    ),
    Row(
        "What was put before versioning goes with a delete by key once versioning is suspended",
        SUSPENDED_DELETE,
        "plain",
        (
            put(),
            versioning("Enabled"),
            put().keep("kept"),
            suspend(),
            do("delete_object", Key="a"),
            do("list_object_versions").gives(VERSIONS, ["$kept"]).gives(MARKED, ["null"]),
        ),
    ),
    Row(
        "A suspended bucket deletes one named version at a time",
        SUSPENDED_DELETE,
        "versioned",
        (
            put().keep("kept"),
            put().keep("gone"),
            suspend(),
            do("delete_object", Key="a", VersionId="$gone").gives("VersionId", "$gone"),
            do("list_object_versions").gives(VERSIONS, ["$kept"]),
        ),
    ),
    Row(
        "A batch in a suspended bucket leaves what has an id",
        SUSPENDED_DELETE,
        "versioned",
        (
            put().keep("old"),
            suspend(),
            do("delete_objects", Delete={"Objects": [{"Key": "a"}]}).gives(
                "Deleted[0].[DeleteMarker, DeleteMarkerVersionId]", [True, "null"]
            ),
            do("list_object_versions").gives(VERSIONS, ["$old"]),
        ),
    ),
    Row(
        "A bucket whose versioning is enabled again keeps its null version beside new ones",
        f"{GUIDE}Versioning.html",
        "versioned",
        (
            suspend(),
            put(),
            versioning("Enabled"),
            put().keep("new"),
            do("list_object_versions").gives(VERSIONS, ["$new", "null"]),
        ),
        gap=False,
    ),
    Row(
        "The versioning of a bucket with Object Lock can not be suspended",
        LOCKED,
        "locked",
        (suspend().refused(409, "InvalidBucketState"), put(), do("list_object_versions").gives("length(Versions)", 1)),
    ),
    Row(
        "A delete by key of an absent key in a versioned bucket makes a marker",
        MARKERS,
        "versioned",
        (
            do("delete_object", Key="absent").gives("DeleteMarker", True).keep("marker"),
            do("list_object_versions").gives(MARKED, ["$marker"]).gives("Versions", None),
        ),
    ),
    Row(
        "A batch with an absent key in a versioned bucket makes a marker",
        MARKERS,
        "versioned",
        (
            do("delete_objects", Delete={"Objects": [{"Key": "absent"}]})
            .gives("Deleted[].DeleteMarker", [True])
            .keep("marker", "Deleted[0].DeleteMarkerVersionId"),
            do("list_object_versions").gives(MARKED, ["$marker"]),
        ),
    ),
    Row(
        "A second delete by key makes a second marker",
        MARKERS,
        "versioned",
        (
            put(),
            do("delete_object", Key="a").keep("first"),
            do("delete_object", Key="a").keep("second"),
            do("list_object_versions").gives(MARKED, ["$second", "$first"]),
        ),
        gap=False,
    ),
    Row(
        "To delete a marker by its version says that it was one, and shows the object again",
        DELETE_OBJECT,
        "versioned",
        (
            put(),
            do("delete_object", Key="a").keep("marker"),
            do("get_object", Key="a").refused(404, "NoSuchKey"),
            do("delete_object", Key="a", VersionId="$marker").gives("[DeleteMarker, VersionId]", [True, "$marker"]),
            do("get_object", Key="a").gives("Body", b"a"),
        ),
    ),
    Row(
        "A batch says of a deleted marker that it was one, and which",
        DELETE_OBJECTS,
        "versioned",
        (
            put(),
            do("delete_object", Key="a").keep("marker"),
            do("delete_objects", Delete={"Objects": [{"Key": "a", "VersionId": "$marker"}]}).gives(
                "Deleted[0].[VersionId, DeleteMarker, DeleteMarkerVersionId]", ["$marker", True, "$marker"]
            ),
        ),
        seaweedfs="leaves the version out of a batch's answer",
    ),
    Row(
        "To delete a version that is not the latest leaves the latest",
        DELETING,
        "versioned",
        (
            do("put_object", Key="a", Body=b"old").keep("old"),
            do("put_object", Key="a", Body=b"new").keep("new"),
            do("delete_object", Key="a", VersionId="$old"),
            do("get_object", Key="a").gives("Body", b"new"),
            do("list_object_versions").gives(VERSIONS, ["$new"]),
        ),
        gap=False,
    ),
    Row(
        "To delete a version that is gone succeeds, and changes nothing",
        DELETE_OBJECT,
        "versioned",
        (
            put().keep("gone"),
            put().keep("kept"),
            do("delete_object", Key="a", VersionId="$gone"),
            do("delete_object", Key="a", VersionId="$gone"),
            do("delete_objects", Delete={"Objects": [{"Key": "a", "VersionId": "$gone"}]}).gives("Errors", None),
            do("list_object_versions").gives(VERSIONS, ["$kept"]).gives(MARKED, None),
        ),
        gap=False,
    ),
    Row(
        "A delete marker can be neither read nor asked for its head by its version",
        MARKERS,
        "versioned",
        (
            put(),
            do("delete_object", Key="a").keep("marker"),
            do("head_object", Key="a", VersionId="$marker").refused(405, "405"),
            do("get_object", Key="a", VersionId="$marker").refused(405, "MethodNotAllowed"),
        ),
        seaweedfs="answers 404, as for an absent version",
    ),
    Row(
        "Only the last version of a key has to go for its key to be absent",
        DELETING,
        "versioned",
        (
            put().keep("only"),
            do("delete_object", Key="a", VersionId="$only"),
            do("head_object", Key="a").refused(404, "404"),
            do("list_object_versions").gives("Versions", None).gives("DeleteMarkers", None),
        ),
        gap=False,
    ),
    Row(
        "An object of a bucket without versioning has the version null",
        NOT_VERSIONED,
        "plain",
        (
            put(),
            do("head_object", Key="a", VersionId="null").gives("ContentLength", 1),
            do("delete_object", Key="a", VersionId="null"),
            do("head_object", Key="a").refused(404, "404"),
        ),
    ),
    Row(
        "The head of a version in a suspended bucket is the version's",
        f"{GUIDE}RetrievingObjectsfromVersioningSuspendedBuckets.html",
        "versioned",
        (put().keep("old"), suspend(), do("head_object", Key="a", VersionId="$old").gives("VersionId", "$old")),
    ),
    Row(
        "A copy and a completed upload in a suspended bucket leave what has an id",
        SUSPENDED_PUT,
        "versioned",
        (
            put("source"),
            put().keep("old"),
            suspend(),
            do("copy_object", Key="a", CopySource={"Bucket": "$bucket", "Key": "source"}),
            do("list_object_versions", Prefix="a").gives("length(Versions)", 2),
            do("get_object", Key="a", VersionId="$old").gives("Body", b"a"),
            do("create_multipart_upload", Key="a").keep("upload", "UploadId"),
            do("upload_part", Key="a", UploadId="$upload", PartNumber=1, Body=b"x").keep("part", "ETag"),
            do(
                "complete_multipart_upload",
                Key="a",
                UploadId="$upload",
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": "$part"}]},
            ),
            do("list_object_versions", Prefix="a").gives("length(Versions)", 2),
            do("get_object", Key="a", VersionId="$old").gives("Body", b"a"),
            do("get_object", Key="a").gives("Body", b"x"),
        ),
        beyond_stub=True,
    ),
    Row(
        "A batch deletes the null version of a suspended bucket by its name, and no other",
        SUSPENDED_DELETE,
        "versioned",
        (
            put().keep("old"),
            suspend(),
            put(),
            do("delete_objects", Delete={"Objects": [{"Key": "a", "VersionId": "null"}]}).gives("Errors", None),
            do("list_object_versions").gives(VERSIONS, ["$old"]).gives(MARKED, None),
            do("get_object", Key="a").gives("Body", b"a"),
        ),
    ),
)
