"""Accounts that tests start end with the tests, even if those are killed."""

import os

from local.account.server import OWNER_VARIABLE

os.environ[OWNER_VARIABLE] = str(os.getpid())
