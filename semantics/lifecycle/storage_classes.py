"""S3's storage classes, under every name people write for them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html and the `StorageClass` of the S3
API, 2026-11-24.
"""

from enum import StrEnum


class StorageClass(StrEnum):
    """A storage class, by its name in the S3 API."""

    STANDARD = "STANDARD"
    STANDARD_IA = "STANDARD_IA"
    ONEZONE_IA = "ONEZONE_IA"
    INTELLIGENT_TIERING = "INTELLIGENT_TIERING"
    GLACIER_IR = "GLACIER_IR"
    GLACIER = "GLACIER"
    DEEP_ARCHIVE = "DEEP_ARCHIVE"
    REDUCED_REDUNDANCY = "REDUCED_REDUNDANCY"
    EXPRESS_ONEZONE = "EXPRESS_ONEZONE"
    OUTPOSTS = "OUTPOSTS"
    SNOW = "SNOW"
    FSX_OPENZFS = "FSX_OPENZFS"
    FSX_ONTAP = "FSX_ONTAP"
    AWS_BACKUP_WARM = "AWS_BACKUP_WARM"
    AWS_BACKUP_LOW_COST_WARM = "AWS_BACKUP_LOW_COST_WARM"


CONSOLE_NAMES: dict[StorageClass, tuple[str, ...]] = {
    StorageClass.STANDARD: ("Standard",),
    StorageClass.STANDARD_IA: ("Standard-IA", "Standard-Infrequent Access"),
    StorageClass.ONEZONE_IA: ("One Zone-IA", "One Zone-Infrequent Access"),
    StorageClass.INTELLIGENT_TIERING: ("Intelligent-Tiering",),
    StorageClass.GLACIER_IR: ("Glacier Instant Retrieval",),
    StorageClass.GLACIER: ("Glacier Flexible Retrieval", "Glacier Flexible Retrieval (formerly Glacier)", "Glacier"),
    StorageClass.DEEP_ARCHIVE: ("Glacier Deep Archive", "Deep Archive"),
    StorageClass.REDUCED_REDUNDANCY: ("Reduced Redundancy",),
    StorageClass.EXPRESS_ONEZONE: ("Express One Zone",),
    StorageClass.OUTPOSTS: ("Outposts",),
    StorageClass.SNOW: ("Snow",),
    StorageClass.FSX_OPENZFS: ("FSx for OpenZFS", "FSx OpenZFS"),
    StorageClass.FSX_ONTAP: ("FSx for NetApp ONTAP", "FSx ONTAP"),
    StorageClass.AWS_BACKUP_WARM: ("AWS Backup Warm",),
    StorageClass.AWS_BACKUP_LOW_COST_WARM: ("AWS Backup Low-Cost Warm",),
}
"""How the console calls each class, its name of today first. A leading "S3" may stand anywhere."""


def _key(name: str) -> str:
    plain = name.lower().removeprefix("amazon ").removeprefix("s3 ")
    return "".join(c for c in plain if c.isalnum())


_BY_NAME = {_key(name): c for c, names in CONSOLE_NAMES.items() for name in (c.value, *names)}


def storage_class(name: str) -> StorageClass:
    """Recognises a class by API or console name; case, spaces, hyphens and underscores do not matter.

    Raises:
        ValueError: naming the classes there are.
    """
    if found := _BY_NAME.get(_key(name)):
        return found
    known = ", ".join(names[0] for names in CONSOLE_NAMES.values())
    raise ValueError(f"a storage class: {known}")
