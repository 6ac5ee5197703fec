"""Start-up, memory, many pushes at once, long lists."""

import hashlib
import http.client
import json
import os
import statistics
import threading
import time

from measure import Sample, interleave
from servers import Cang, DockerRegistry

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
EMPTY = b"{}"
EMPTY_DIGEST = "sha256:" + hashlib.sha256(EMPTY).hexdigest()


def _request(connection, method, path, body=None, headers=None, expected=(200, 201, 202)):
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    data = response.read()
    if response.status not in expected:
        raise RuntimeError(f"{method} {path}: {response.status} {data[:300]}")
    return response, data


def _push_many(url, repositories, tags):
    """`tags` one-blob manifests in each of `repositories`, on one connection."""
    connection = http.client.HTTPConnection(url)
    for repository in repositories:
        _request(connection, "POST", f"/v2/{repository}/blobs/uploads/?digest={EMPTY_DIGEST}", EMPTY)
        for number in range(tags):
            manifest = json.dumps({
                "schemaVersion": 2, "mediaType": MANIFEST,
                "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": EMPTY_DIGEST, "size": 2},
                "layers": [], "annotations": {"name": f"{repository}:{number}"}}).encode()
            _request(connection, "PUT", f"/v2/{repository}/manifests/v{number}", manifest, {"Content-Type": MANIFEST})
    connection.close()


def _fill(server, repositories, tags, workers=16):
    names = [f"team{i % 100:02}/app{i:05}" for i in range(repositories)]
    threads = [threading.Thread(target=_push_many, args=(server.url, names[w::workers], tags)) for w in range(workers)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"filled {repositories * tags} tags at {repositories * tags / (time.monotonic() - begun):.0f}/s", flush=True)
    return names


def start(bench):
    """First answer and idle memory, on an empty data directory."""

    def once():
        with Cang(bench.scratch, bench.binary) as server:
            return Sample(ms=server.first_answer_ms, rss=server.rss_mb())

    figures = interleave(max(bench.rounds, 7), {"cang": once})["cang"]
    bench.table.add_absolute("start to first 200, empty", figures["ms"], "ms", 50)
    bench.table.add_absolute("idle RSS, empty", figures["rss"], "MB", 25)


def lists(bench):
    """100,000 tags in 10,000 repositories: pages of every list, and a restart on that data."""
    repositories = int(10_000 * min(1.0, bench.scale))
    data = bench.scratch / "many"
    with Cang(bench.scratch, bench.binary, data) as server:
        names = _fill(server, repositories, 10)
        connection = http.client.HTTPConnection(server.url)
        middle = names[len(names) // 2]
        pages = {
            "catalog": [f"/v2/_catalog?n=100&last={name}" for name in names[:: max(1, len(names) // 300)]],
            "tags": [f"/v2/{name}/tags/list?n=100" for name in names[:: max(1, len(names) // 300)]],
            "images": [f"/api/v1/repositories?n=100&last={name}" for name in names[:: max(1, len(names) // 300)]],
            "search": [f"/api/v1/repositories?n=100&search={text}" for text in ("app0", "9", "team42", middle[-4:])] * 50,
        }
        for title, paths in pages.items():
            times = []
            for path in paths:
                begun = time.monotonic()
                _request(connection, "GET", path)
                times.append((time.monotonic() - begun) * 1000)
            p99 = statistics.quantiles(times, n=100)[98]
            bench.table.add_absolute(f"page of {title}, {repositories * 10} tags: p99", p99, "ms", 10)
    with Cang(bench.scratch, bench.binary, data) as server:
        bench.table.add_absolute(f"start to first 200, {repositories * 10} manifests", server.first_answer_ms, "ms", 300)


def _push_file(url, repository, path, digest, failures):
    connection = http.client.HTTPConnection(url, blocksize=1 << 20)
    try:
        response, _ = _request(connection, "POST", f"/v2/{repository}/blobs/uploads/")
        location = response.getheader("Location").split(url)[-1]
        separator = "&" if "?" in location else "?"
        with open(path, "rb") as file:
            _request(connection, "PUT", f"{location}{separator}digest={digest}", file,
                     {"Content-Length": str(os.path.getsize(path)), "Content-Type": "application/octet-stream"})
    except Exception as failure:  # pylint: disable=broad-except
        failures.append(failure)
    finally:
        connection.close()


def big_pushes(bench):
    """16 clients push a 1 GB blob each, all different."""
    size, clients = int(1e9 * min(1.0, bench.scale)), 16
    files = []
    block = os.urandom(1 << 20)
    for number in range(clients):
        path = bench.scratch / f"big{number}"
        digest = hashlib.sha256()
        with open(path, "wb") as file:
            left = size
            while left > 0:
                piece = (number.to_bytes(8, "big") + left.to_bytes(8, "big") + block[16:])[:left]
                digest.update(piece)
                file.write(piece)
                left -= len(piece)
        files.append((path, "sha256:" + digest.hexdigest()))

    def once(make):
        with make() as server:
            server.reset_peak()
            failures = []
            before = server.cpu_seconds()
            threads = [threading.Thread(target=_push_file, args=(server.url, f"bench/big{i}", path, digest, failures))
                       for i, (path, digest) in enumerate(files)]
            begun = time.monotonic()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            wall = time.monotonic() - begun
            if failures:
                raise failures[0]
            return Sample(rate=size * clients / wall / 1e6, rss=server.peak_rss_mb(), cpu=server.cpu_seconds() - before)

    medians = interleave(min(bench.rounds, 3), {
        "cang": lambda: once(lambda: Cang(bench.scratch, bench.binary)),
        "docker-registry": lambda: once(lambda: DockerRegistry(bench.scratch))})
    bench.table.add("16 pushes of 1 GB: throughput", medians["cang"]["rate"], "docker-registry",
                    medians["docker-registry"]["rate"], 2, "MB/s", at_most=False)
    bench.table.add_absolute("16 pushes of 1 GB: peak RSS", medians["cang"]["rss"], "MB", 80)
    for path, _ in files:
        path.unlink()
