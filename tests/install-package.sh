#!/bin/sh
# install-package.sh PACKAGE WHAT: a Debian package that WHAT needs, where it is absent and may be
# installed: by root, or by sudo that asks for no password. Exit 1 says what to install by hand.
set -eu
package=$1 what=$2
if command -v dpkg-query >/dev/null 2>&1 &&
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$'; then
    exit 0
fi
as=no
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then
        as=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as="sudo"
    fi
fi
if [ "$as" = no ]; then
    echo "$package is absent, for $what. Install it (Debian: apt-get install $package), then run again." >&2
    exit 1
fi
echo "installing $package for $what"
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq
$as apt-get install -y -qq --no-install-recommends "$package"
