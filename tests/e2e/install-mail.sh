#!/bin/sh
# Dovecot for the mail carrier's tests: from Debian's packages where it is absent and may be
# installed. Its service is left stopped: the tests run a server of their own.
set -eu
command -v dovecot >/dev/null 2>&1 && exit 0
[ -x /usr/sbin/dovecot ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then
        as=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as="sudo"
    else
        as="no"
    fi
    if [ "$as" != no ]; then
        echo "installing dovecot for the mail carrier's tests"
        export DEBIAN_FRONTEND=noninteractive
        $as apt-get update -qq
        $as apt-get install -y -qq --no-install-recommends dovecot-imapd
        exit 0
    fi
fi
echo "The mail carrier's tests need Dovecot. Install it (Debian: apt-get install dovecot-imapd), then run again." >&2
exit 1
