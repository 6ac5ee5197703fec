#!/usr/bin/env bash
# Format, layers, coroutine hygiene, sizes and clang-tidy. Prints what is wrong; exit code 1 when anything is.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
step() { # name command...
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "lint: $name ok"
    else
        echo "lint: $name FAILED"
        echo "$output" | head -n 60
        failed=1
    fi
}

format() {
    git ls-files 'src/*.?pp' 'tests/*.?pp' 'fuzz/*.cpp' 'bench/*.cpp' | xargs clang-format-19 --dry-run -Werror
}

tidy() {
    # The compile commands name the precompiled header, so it must be there.
    { cmake --preset dev && cmake --build --preset dev --target cang_pch; } >/dev/null || return 1
    git ls-files 'src/*.cpp' | grep -v '_test\.cpp$' | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/dev --quiet 2>/dev/null
}

step format format
step layers /usr/bin/python3 tools/check_layers.py
step coroutines /usr/bin/python3 tools/check_coroutines.py
step sizes /usr/bin/python3 tools/check_sizes.py
[ "${1:-}" = --quick ] || step clang-tidy tidy
exit $failed
