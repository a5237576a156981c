"""The policy pack: `pulumi preview --policy-pack policies/pack` holds a stack against the runbook.

The runner puts this folder on the module path, so no file here may be called `policies`. Everything is imported as
`policies.*` from the repository's folder, so that each module exists once.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from policies.pack.suite import pack  # noqa: E402

pack(ROOT)
