#!/usr/bin/env bash
# Builds ov from the very commit that the workflow named, and puts it on the PATH of the steps that follow.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
if [ ! -f dist/ov.js ]; then
  npm ci --ignore-scripts --no-audit --no-fund
  node esbuild.mjs
fi
bin="${RUNNER_TEMP:?}/opaquevault"
mkdir -p "$bin"
printf '#!/bin/sh\nexec node %s "$@"\n' "'$root/dist/ov.js'" > "$bin/ov"
chmod +x "$bin/ov"
echo "$bin" >> "$GITHUB_PATH"
