#!/usr/bin/env bash
# Fills .venv from requirements.lock, and only from it. Does nothing when .venv already matches the lock.
# Exit codes: 0 ready; 1 it cannot be made, with one line that says why and what to do.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "environment: $1" >&2
  exit 1
}

# A folder may deny writing to everyone but root; trying is the only honest test.
mkdir -p .local 2>/dev/null && touch .local/.writable 2>/dev/null ||
  fail "the checkout $PWD can't be written to; .venv, .local and build are made in it. Clone it somewhere you can write."

wanted=$(cat requirements.lock requirements-uv.lock | sha256sum | cut -d' ' -f1)
[[ -x .venv/bin/python && "$(cat .venv/.lock-hash 2>/dev/null)" == "$wanted" ]] && exit 0

python=""
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
  [[ -n "$candidate" ]] && command -v "$candidate" >/dev/null 2>&1 || continue
  found=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
  [[ "$candidate" == "${PYTHON:-}" ]] && break
done
[[ -n "$python" ]] ||
  fail "found Python ${found:-(none)}, need 3.11 or newer. Install it, or name one: make PYTHON=/path/to/python3.11 …"

uv=$(command -v uv || true)
if [[ -z "$uv" ]]; then
  uv=.local/uv/bin/uv
  if [[ ! -x "$uv" ]]; then
    echo "environment: uv is not installed; putting the pinned one into .local/uv"
    rm -rf .local/uv
    "$python" -m venv .local/uv || fail "$python can't make a virtual environment (on Debian: apt-get install python3-venv)"
    .local/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock ||
      fail "uv could not be installed from the package index; see the lines above"
  fi
fi

echo "environment: installing $(grep -cE '^[a-z0-9]' requirements.lock) packages from requirements.lock into .venv"
rm -f .venv/.lock-hash
[[ -x .venv/bin/python ]] || "$uv" venv --quiet --clear --no-python-downloads --python "$python" .venv ||
  fail "uv could not make .venv"
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock ||
  fail "a package of requirements.lock could not be installed; see the lines above"
echo "$wanted" >.venv/.lock-hash
