"""The account's clock for S3 can be shifted, so that a test sees an object or an upload of last month.

`POST /_account/shift` with seconds as its body: what S3 stamps from then on lies that far in the future, or in the past
if negative. The Date header of answers stays true.
"""

from datetime import datetime, timedelta

from moto.core.utils import utcnow
from moto.s3 import models

_shift = timedelta()


def install() -> None:
    """Let moto's S3 ask us for the time."""
    setattr(models, utcnow.__name__, now)


def now() -> datetime:
    """Return the shifted time, naive and in UTC as moto wants it."""
    return utcnow() + _shift


def set_shift(seconds: float) -> None:
    """Shift the clock."""
    global _shift  # noqa: PLW0603 - the one setting of this module
    _shift = timedelta(seconds=seconds)
