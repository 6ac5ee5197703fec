"""Start-up, memory, many pushes at once, long lists."""

import hashlib
import http.client
import json
import os
import statistics
import threading
import time
from urllib.parse import quote

from measure import Sample, interleave
from servers import Cang, DockerRegistry

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CPUS = ("amd64", "arm64")
CONFIGS = [json.dumps({"os": "linux", "architecture": cpu, "rootfs": {"type": "layers", "diff_ids": []}}).encode()
           for cpu in CPUS]


def _request(connection, method, path, body=None, headers=None, expected=(200, 201, 202)):
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    data = response.read()
    if response.status not in expected:
        raise RuntimeError(f"{method} {path}: {response.status} {data[:300]}")
    return response, data


def _push_many(url, repositories, tags):
    """`tags` images in each of `repositories`, on one connection; all have the same config and no layers."""
    connection = http.client.HTTPConnection(url)
    for repository in repositories:
        config = CONFIGS[int(repository[-1]) % 2]
        digest = "sha256:" + hashlib.sha256(config).hexdigest()
        _request(connection, "POST", f"/v2/{repository}/blobs/uploads/?digest={digest}", config)
        for number in range(tags):
            manifest = json.dumps({
                "schemaVersion": 2, "mediaType": MANIFEST,
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest,
                           "size": len(config)},
                "layers": [], "annotations": {"name": f"{repository}:{number}"}}).encode()
            _request(connection, "PUT", f"/v2/{repository}/manifests/v{number}", manifest, {"Content-Type": MANIFEST})
    connection.close()


def fill(server, repositories, tags, workers=16):
    names = [f"team{i % 100:02}/app{i:05}" for i in range(repositories)]
    threads = [threading.Thread(target=_push_many, args=(server.url, names[w::workers], tags)) for w in range(workers)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"filled {repositories * tags} tags at {repositories * tags / (time.monotonic() - begun):.0f}/s", flush=True)
    return names


def _p99(connection, paths):
    """Milliseconds, over one connection."""
    times = []
    for path in paths:
        begun = time.monotonic()
        _request(connection, "GET", path)
        times.append((time.monotonic() - begun) * 1000)
    return statistics.quantiles(times, n=100)[98]


def _image_lists(connection, names, rounds=300):
    """Title and paths of what the web UI asks for: pages by cursor and by offset, filters, searches, sorts."""
    total = len(names) * 10
    offsets = [number * total // rounds for number in range(rounds)]
    parts = ["app0", "9", "v", "team42", names[len(names) // 2][-4:], "team07/app", names[-1] + ":v3", "no such image"]
    searches = [parts[number % len(parts)] for number in range(rounds)]
    sorts = ["name", "-name", "updatedAt", "-updatedAt", "size", "-size"]
    yield "images by offset", [f"/api/v1/images?limit=100&offset={offset}" for offset in offsets]
    yield "images by cursor", list(_follow(connection, "/api/v1/images?limit=100&sort=-updatedAt", rounds))
    yield "images, sorted", [f"/api/v1/images?sort={sorts[i % 6]}&limit=100&offset={offset}"
                             for i, offset in enumerate(offsets)]
    yield "images, searched", [f"/api/v1/images?limit=100&sort={sorts[i % 6]}&search={quote(text)}"
                               for i, text in enumerate(searches)]
    yield "images, by platform", [f"/api/v1/images?limit=100&sort={sorts[i % 6]}&platform=linux/{CPUS[i % 2]}"
                                  f"&offset={offset // 2}" for i, offset in enumerate(offsets)]
    yield "repositories, sorted", [f"/api/v1/repositories?limit=100&sort={('-tags', '-updatedAt', 'name')[i % 3]}"
                                   f"&offset={offset // 10}" for i, offset in enumerate(offsets)]
    yield "repositories, searched", [f"/api/v1/repositories?limit=100&search={quote(text)}" for text in searches]
    yield "tags of a repository", [f"/api/v1/repositories/{names[i * len(names) // rounds]}/-/tags?sort=-updatedAt"
                                   for i in range(rounds)]


def _follow(connection, path, pages):
    """The paths of the first pages, by their cursors."""
    cursor = ""
    for _ in range(pages):
        page = path + (f"&cursor={quote(cursor)}" if cursor else "")
        yield page
        _, data = _request(connection, "GET", page)
        cursor = json.loads(data).get("next")
        if not cursor:
            return


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
        names = fill(server, repositories, 10)
        connection = http.client.HTTPConnection(server.url)
        some = names[:: max(1, len(names) // 300)]
        pages = [("catalog", [f"/v2/_catalog?n=100&last={name}" for name in some]),
                 ("tags", [f"/v2/{name}/tags/list?n=100" for name in some])]
        for title, paths in pages + list(_image_lists(connection, names)):
            bench.table.add_absolute(f"page of {title}, {repositories * 10} tags: p99", _p99(connection, paths), "ms", 10)
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
