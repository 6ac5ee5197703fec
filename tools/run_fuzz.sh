#!/usr/bin/env bash
# run_fuzz.sh DIRECTORY SECONDS: runs every fuzz target of DIRECTORY for SECONDS each on its seed corpus, two at a time.
# New inputs go to a scratch directory, crashes are kept beside it and named. One line a target.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
directory=$1 seconds=$2
scratch=$(mktemp -d)

fuzz_one() {
    target=$1 name=$(basename "$1")
    mkdir -p "$scratch/$name"
    seeds="$root/fuzz/corpus/${name#fuzz_}"
    [ -d "$seeds" ] || seeds="$root/fuzz/corpus/$name"
    [ -d "$seeds" ] || seeds=
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$scratch/$name-" "$scratch/$name" $seeds >"$scratch/$name.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$name.log")
        echo "fuzz: $name ok, ${runs:-0} inputs"
        rm -rf "${scratch:?}/$name" "$scratch/$name.log"
    else
        echo "fuzz: $name FAILED"
        tail -n 30 "$scratch/$name.log"
    fi
}
export -f fuzz_one
export root seconds scratch
find "$directory" -maxdepth 1 -type f -name 'fuzz_*' -perm -u+x | sort | xargs -P 2 -I{} bash -c 'fuzz_one {}' | tee "$scratch/summary"
if grep -q FAILED "$scratch/summary"; then
    echo "inputs that failed are in $scratch"
    exit 1
fi
[ -s "$scratch/summary" ] || { echo "no fuzz target in $directory"; exit 1; }
rm -rf "$scratch"
