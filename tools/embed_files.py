#!/usr/bin/env python3
"""Makes a C++ file that holds every file of a folder as a table of cang::http::StaticFile, sorted by path.

    embed_files.py FOLDER OUTPUT.cpp NAMESPACE::FUNCTION

The bytes go into OUTPUT.bin, which the assembler takes as it is: a megabyte costs the compiler nothing. What gzip makes smaller is
kept as gzip only. Hidden files are left out. A folder that does not exist, or holds nothing, gives an empty table.
"""

import gzip
import hashlib
import pathlib
import re
import sys

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

# Vite's "index-BqR3kZ_a.js": eight characters of a hash before the extension, in its folder for such files.
HASHED = re.compile(r"^/assets/.*-[A-Za-z0-9_-]{8}\.\w+$")

TEMPLATE = """// Made by tools/embed_files.py from {folder}.
#include "http/static_files.hpp"

asm(R"(
    .section .rodata
    .hidden {symbol}
    .globl {symbol}
{symbol}:
    .incbin "{binary}"
    .byte 0
    .text
)");

extern "C" const char {symbol}[];

namespace {namespace} {{

std::span<const cang::http::StaticFile> {function}();

std::span<const cang::http::StaticFile> {function}() {{
{body}
}}

}} // namespace {namespace}
"""


def row_of(path, content, pack, symbol):
    packed = gzip.compress(content, 9, mtime=0)
    is_packed = len(packed) < len(content)
    kept = packed if is_packed else content
    row = (f'        {{"{path}", "{CONTENT_TYPES[pathlib.PurePosixPath(path).suffix]}", {{{symbol} + {len(pack)}, {len(kept)}}}, '
           f'{str(is_packed).lower()}, {len(content)}, "{hashlib.sha256(content).hexdigest()[:32]}", '
           f'{str(bool(HASHED.match(path))).lower()}}},')
    pack += kept
    return row


def main() -> int:
    folder, output, qualified = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    namespace, function = qualified.rsplit("::", 1)
    symbol = qualified.replace("::", "_") + "_bytes"
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    files = {"/" + f.relative_to(folder).as_posix(): f for f in found if f.is_file()}
    files = {path: file for path, file in files.items() if "/." not in path}  # what tools left behind
    for path in files:
        if not re.fullmatch(r"[A-Za-z0-9/._-]+", path) or pathlib.PurePosixPath(path).suffix not in CONTENT_TYPES:
            print(f"{files[path]}: no content type is known for this name; see tools/embed_files.py", file=sys.stderr)
            return 1
    pack = bytearray()
    rows = [row_of(path, files[path].read_bytes(), pack, symbol) for path in sorted(files)]
    body = "    return {};"
    if rows:
        body = "\n".join(["    static const cang::http::StaticFile table[] = {", *rows, "    };", "    return table;"])
    output.parent.mkdir(parents=True, exist_ok=True)
    binary = output.with_suffix(".bin")
    binary.write_bytes(pack)
    output.write_text(TEMPLATE.format(folder=folder, symbol=symbol, binary=binary, namespace=namespace, function=function,
                                      body=body))
    return 0


if __name__ == "__main__":
    sys.exit(main())
