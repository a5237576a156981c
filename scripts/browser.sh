#!/usr/bin/env bash
# Makes sure that a Chromium is there for the tests of the HTML report: the system's, else one it can install.
# Exit codes: 0 there is one; 1 there is none and none can be installed, with one line that says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null && exit 0
done
ls .local/browsers/chromium-*/chrome-linux*/chrome >/dev/null 2>&1 && exit 0

if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
  echo "browser: no Chromium found; installing Debian's"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0
fi
echo "browser: no Chromium found; fetching Playwright's into .local/browsers"
PLAYWRIGHT_BROWSERS_PATH=.local/browsers .venv/bin/playwright install chromium && exit 0
echo "browser: Chromium could be neither found nor installed; install a package 'chromium' or 'google-chrome'" >&2
exit 1
