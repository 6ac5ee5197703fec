#!/usr/bin/env python3
"""Small rooms: fails when a file outgrows the limits of docs/architecture.md#sizes. --report prints the figures."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = {".cpp": 600, ".hpp": 300, ".vue": 400, ".py": 600}


def main() -> int:
    names = subprocess.run(["git", "ls-files", "src", "ui/src", "tools", "bench", "fuzz"], cwd=ROOT, text=True,
                           capture_output=True, check=True).stdout.split()
    failures = 0
    figures = {}
    for name in names:
        path = ROOT / name
        limit = LIMITS.get(path.suffix)
        if limit is None or not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").count("\n")
        kind = "test" if name.endswith("_test.cpp") else path.suffix
        figures.setdefault(kind, []).append(lines)
        if lines > limit and kind != "test":
            print(f"{name}: {lines} lines, the limit is {limit}; split it by noun")
            failures += 1
    if "--report" in sys.argv:
        for kind, lines in sorted(figures.items()):
            lines.sort()
            print(f"{kind:6} {len(lines):4} files  median {lines[len(lines) // 2]}  p90 {lines[len(lines) * 9 // 10]}  max {lines[-1]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
