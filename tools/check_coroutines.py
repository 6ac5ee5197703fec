#!/usr/bin/env python3
"""Coroutine hygiene: refuses the forms of co_await that compilers get wrong or that hide a suspension.

  two in one statement       co_await f(co_await g())
  inside ?:, && or ||        c ? co_await f() : 0
  aggregate argument         co_await f(Options{...}), co_await f({.x = 1}); an empty {} owns nothing and may stay
  lambda argument            co_await f([x] { ... })
  in a test macro            EXPECT_EQ(co_await f(), 1)
  awaitable_operators        a() && b()

Reasons and reproducers: docs/decisions/0001-compiler.md. A line that must differ ends with `// coroutine-ok: reason`.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

STRINGS = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)

FORMS = [
    (re.compile(r"co_await[^;]*\bco_await\b"), "two co_await in one statement"),
    (re.compile(r"\?[^;?]*\bco_await\b[^;]*:"), "co_await inside ?:"),
    (re.compile(r"(&&|\|\|)\s*(!\s*)?\(?\s*co_await\b"), "co_await inside && or ||"),
    (re.compile(r"co_await\b[^;=]*\b[A-Z]\w*(<[^;>]*>)?\{"), "aggregate temporary in a co_await expression"),
    (re.compile(r"co_await\b[^;]*[(,]\s*\{(?!\s*\})"), "braced temporary in a co_await expression"),
    (re.compile(r"co_await\b[^;]*[(,]\s*\[[^\]]*\]\s*(\(|\{|mutable)"), "lambda in a co_await expression"),
    (re.compile(r"\b(EXPECT|ASSERT)_\w+\(((?!awaitable<)[^;])*\bco_await\b"), "co_await in a test macro"),
    (re.compile(r"awaitable_operators"), "awaitable_operators loses exceptions; use for_each_limit"),
]


def blank(match: re.Match) -> str:
    text = match.group(0)
    quote = '""' if text[0] != "/" else ""
    return quote + "\n" * text.count("\n")


def statements(text: str):
    """(line number, statement) for every statement that holds a co_await."""
    clean = COMMENTS.sub(blank, STRINGS.sub(blank, text))
    start = 0
    for end in [m.start() for m in re.finditer(r";", clean)] + [len(clean)]:
        piece = clean[start : end + 1]
        first = piece.find("co_await")
        if first >= 0:
            # A block's opening belongs to another statement: begin after the last brace that precedes co_await.
            head = max(piece.rfind("{\n", 0, first), piece.rfind("}\n", 0, first))
            yield clean.count("\n", 0, start + first) + 1, piece[head + 1 :]
        start = end + 1


def main() -> int:
    failures = 0
    folders = [ROOT / name for name in ("src", "tests", "bench", "fuzz")]
    files = [f for folder in folders for f in sorted(folder.rglob("*")) if f.suffix in (".cpp", ".hpp")]
    for file in files:
        text = file.read_text(encoding="utf-8")
        if "co_await" not in text and "awaitable_operators" not in text:
            continue
        lines = text.splitlines()
        for number, statement in statements(text):
            if "coroutine-ok:" in lines[number - 1]:
                continue
            for pattern, name in FORMS:
                if pattern.search(statement):
                    print(f"{file.relative_to(ROOT)}:{number}: {name}")
                    failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
