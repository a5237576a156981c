from typing import cast

from botocore.model import StringShape
from botocore.session import get_session

from semantics.lifecycle.storage_classes import CONSOLE_NAMES, StorageClass, storage_class


def test_knows_every_storage_class_of_the_api():
    model = get_session().get_service_model("s3")
    shapes = (cast("StringShape", model.shape_for(s)) for s in ("StorageClass", "TransitionStorageClass"))
    api = {str(v) for s in shapes for v in s.enum}
    assert api == {c.value for c in StorageClass} == {c.value for c in CONSOLE_NAMES}
    assert all(storage_class(name) == c for c, names in CONSOLE_NAMES.items() for name in (c.value, *names))
