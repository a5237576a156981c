#!/usr/bin/env bash
# Audits one stack for the workflow: FOLDER gets STACK.md, STACK.json where there is a report, and STACK.code.
# A report in FOLDER/last-STACK.json tells what is new and resolved. Ends with 0 whatever the audit found.
set -euo pipefail
stack=$1 folder=$2
cd "$(dirname "$0")/.."

since=()
if [[ -s "$folder/last-$stack.json" ]]; then since=(--since "$folder/last-$stack.json"); fi
rm -f .local/audit.json
code=0
.venv/bin/python -m audit --stack "$stack" --format markdown --output "$folder/$stack.md" "${since[@]}" \
  2>"$folder/$stack.err" || code=$?
cat "$folder/$stack.err" >&2
if [[ -s .local/audit.json ]]; then
  cp .local/audit.json "$folder/$stack.json"
else
  printf '## Storage audit of `%s`: no trustworthy answer\n\n```text\n%s\n```\n' \
    "$stack" "$(tr -d '`' <"$folder/$stack.err" | tail -n 5)" >"$folder/$stack.md"
fi
echo "$code" >"$folder/$stack.code"
