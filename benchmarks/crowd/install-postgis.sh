#!/bin/sh
# PostGIS for the benchmark of conflicts: from Debian's packages where it is absent and may be
# installed. No server of the system's is used: the benchmark runs one of its own.
set -eu
for control in /usr/share/postgresql/*/extension/postgis.control; do
    [ -e "$control" ] && exit 0
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
        echo "installing PostGIS for the benchmark of conflicts" >&2
        export DEBIAN_FRONTEND=noninteractive
        $as apt-get update -qq >&2
        $as apt-get install -y -qq --no-install-recommends postgresql-15-postgis-3 >&2
        exit 0
    fi
fi
echo "PostGIS is absent. Install it (Debian: apt-get install postgresql-15-postgis-3), then run again." >&2
exit 1
