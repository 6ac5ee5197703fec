#!/usr/bin/env python3
"""Dependencies point down: fails when a file includes a header of a higher layer or of a sibling room.

The table is the layer table of docs/architecture.md. A room may include rooms of lower layers and, inside its own layer,
only those named in ALLOWED_SIDEWAYS. Every public header must also be self-contained about its own includes (checked by
the compiler), and no room may include a test or a header through a relative path.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src"

# Room folder -> layer. The longest matching folder wins.
LAYERS = {
    "base": 0,
    "base/oci": 0,
    "async": 1,
    "io": 1,
    "sql": 1,
    "http": 2,
    "http/socketio": 2,
    "content": 3,
    "distribution": 3,
    "settings": 3,
    "vault": 3,
    "docker": 3,
    "kube": 3,
    "image": 4,
    "image/places": 4,
    "image/store": 4,
    "operation": 4,
    "identity": 4,
    "registry": 5,
    "transfer": 5,
    "backup": 5,
    "catalog": 5,
    "hosts": 5,
    "build": 5,
    "sync": 5,
    "instances": 5,
    "api": 6,
    "cli": 6,
    "app": 7,
    "testing": 8,  # tests only
}

# room -> rooms of the same layer it stands on.
ALLOWED_SIDEWAYS = {
    "base/oci": {"base"},
    "io": {"async"},
    "sql": {"async"},
    "image/places": {"image"},
    "image/store": {"image"},
    "image/places/dockerhost": {"image/places/archive"},
    "image/places/warehouse": {"image/store"},
    "operation": {"image", "image/store"},
    "identity": {"image/store"},
}

# Headers that only tests include: fixtures and real peers under test.
TEST_HEADER = re.compile(r"(_fixture|_under_test|/test_\w+)\.hpp$")

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def room_of(path: str) -> str:
    """The folder of a source path, for example image/places/layout."""
    return str(pathlib.PurePosixPath(path).parent)


def layer_of(room: str):
    parts = room.split("/")
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        if name in LAYERS:
            return LAYERS[name]
    return None


def sideways_allowed(room: str, target: str) -> bool:
    if target == room or target.startswith(room + "/") or room.startswith(target + "/"):
        return True
    return any(
        target == allowed
        for parent in [room, str(pathlib.PurePosixPath(room).parent)]
        for allowed in ALLOWED_SIDEWAYS.get(parent, ())
    )


def problems_of(path: str, text: str):
    room = room_of(path)
    is_test = path.endswith("_test.cpp") or TEST_HEADER.search(path) is not None
    layer = layer_of(room)
    if layer is None:
        yield f"{path}: the folder {room} has no layer; add it to the table in tools/check_layers.py"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = room_of(match.group(1))
        where = f"{path}:{number}"
        if ".." in match.group(1):
            yield f"{where}: include by path from src/, not {match.group(1)}"
            continue
        if not (SOURCES / match.group(1)).exists():
            continue  # generated, or of the test tree
        target_layer = layer_of(target)
        if target_layer is None:
            yield f"{where}: {target} has no layer"
        elif target == "testing" and (is_test or room == "testing"):
            continue
        elif is_test and target.startswith("image/places/"):
            continue  # a test may bring in a place to copy from or to
        elif target_layer > layer:
            yield f"{where}: {room} (layer {layer}) includes {match.group(1)} of layer {target_layer}"
        elif target_layer == layer and not sideways_allowed(room, target):
            yield f"{where}: {room} includes its sibling {target}"


def main() -> int:
    problems = []
    for file in sorted(SOURCES.rglob("*")):
        if file.suffix in (".cpp", ".hpp"):
            path = file.relative_to(SOURCES).as_posix()
            problems += problems_of(path, file.read_text(encoding="utf-8"))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
