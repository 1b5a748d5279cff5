#!/bin/sh
# Chromium for the browser's tests, whatever its command is called here.
set -eu
for name in chromium chromium-browser; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
exec sh "$(dirname "$0")/../install-package.sh" chromium "the browser's tests"
