#!/bin/sh
# Chromium for the browser's tests: from Debian's packages where it is absent and may be installed.
set -eu
for name in chromium chromium-browser; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then
        as=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as="sudo"
    else
        as="no"
    fi
    if [ "$as" != no ]; then
        echo "installing chromium for the browser's tests"
        export DEBIAN_FRONTEND=noninteractive
        $as apt-get update -qq
        $as apt-get install -y -qq --no-install-recommends chromium
        exit 0
    fi
fi
echo "The browser's tests need Chromium. Install it (Debian: apt-get install chromium), then run again." >&2
exit 1
