#!/bin/sh
# Dovecot for the mail carrier's tests. Its service is left stopped: the tests run a server of
# their own.
set -eu
command -v dovecot >/dev/null 2>&1 && exit 0
[ -x /usr/sbin/dovecot ] && exit 0
exec sh "$(dirname "$0")/../install-package.sh" dovecot-imapd "the mail carrier's tests"
