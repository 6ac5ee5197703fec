#!/usr/bin/env python3
"""Measures Cang beside its peers in one run and prints the ratios.

    bench/run.py [--scale 1.0] [--rounds 5] [--only push,pull,…] [--binary build/release/cang]

Needs docker-registry, skopeo, nginx, curl, node and npm (the Makefile installs them); paint also Chromium and ui/node_modules. Everything lives under build/bench.
"""

import argparse
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import blobs
import corpus
import copies
import live
import manifests
import paint
import scale
from measure import Table

ROOT = pathlib.Path(__file__).resolve().parent.parent

CASES = {
    "push": blobs.push,
    "pull": blobs.pull,
    "parallel-gets": blobs.parallel_gets,
    "manifests": manifests.requests,
    "mirror": copies.mirror,
    "archive": copies.archive,
    "events": live.events,
    "start": scale.start,
    "big-pushes": scale.big_pushes,
    "lists": scale.lists,
    "paint": paint.paint,
}


class Bench:
    """What a case needs: paths, sizes, the table."""

    def __init__(self, arguments, scratch):
        self.binary = pathlib.Path(arguments.binary).resolve()
        self.load = self.binary.parent / "bench/http_load_bench"
        self.rounds = arguments.rounds
        self.scale = arguments.scale
        self.scratch = pathlib.Path(scratch)
        self.table = Table()
        self.corpora = ROOT / "build/bench/corpus"
        self.corpora.mkdir(parents=True, exist_ok=True)

    def fat(self):
        return corpus.fat(self.corpora, self.scale)

    def fleet(self):
        return corpus.fleet(self.corpora, self.scale)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is 760 MB of layers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(CASES))
    parser.add_argument("--binary", default=ROOT / "build/release/cang")
    parser.add_argument("--output", default=ROOT / "build/bench/results.md")
    arguments = parser.parse_args()

    base = ROOT / "build/bench/scratch"
    base.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.mkdtemp(dir=base)
    bench = Bench(arguments, scratch)
    try:
        for name in arguments.only.split(","):
            print(f"== {name}", flush=True)
            CASES[name](bench)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    version = subprocess.run([bench.binary, "version"], capture_output=True, text=True).stdout.strip().splitlines()
    text = f"{platform.machine()}, kernel {platform.release()}, {version[0] if version else ''}\n\n{bench.table.markdown()}"
    pathlib.Path(arguments.output).write_text(text)
    print(text)


if __name__ == "__main__":
    main()
