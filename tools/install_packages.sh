#!/usr/bin/env bash
# Installs what is missing of the packages listed in the given files: one a line, # comments. "PACKAGE COMMAND" is not
# installed where the command is there already, from wherever. Needs root only when something is missing. Services that packages bring are
# not started.
set -euo pipefail

missing=()
while read -r package command; do
    [ -z "$command" ] || ! command -v "$command" >/dev/null || continue
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@")
[ "${#missing[@]}" -gt 0 ] || exit 0

echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
run=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "root is needed to install: apt-get install ${missing[*]}" >&2; exit 1; }
    run=(sudo)
fi
# A package's own service must not start: tests bring up their peers by themselves, on ports of their own.
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee "$guard" >/dev/null
    "${run[@]}" chmod 755 "$guard"
    trap '"${run[@]}" rm -f "$guard"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
install() { "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
if ! install; then
    "${run[@]}" apt-get update >>"$log" 2>&1 || true
    install || { tail -n 30 "$log" >&2; echo "could not install the packages above; the full log is in $log" >&2; exit 1; }
fi
rm -f "$log"
