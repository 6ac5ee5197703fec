"""Small requests: manifests by tag and by digest, GET and HEAD, on 64 connections."""

import json
import subprocess

from corpus import fat
from measure import Sample, interleave
from servers import Cang, DockerRegistry, Nginx

ACCEPT = "Accept: application/vnd.oci.image.manifest.v1+json"


def requests(bench):
    layout = fat(bench.corpora, 0.01)
    index = json.loads((layout / "index.json").read_text())
    digest = index["manifests"][0]["digest"]
    manifest = layout / "blobs/sha256" / digest.split(":")[1]
    web = bench.scratch / "manifests"
    web.mkdir()
    (web / "manifest").write_bytes(manifest.read_bytes())
    with Cang(bench.scratch, bench.binary) as ours, DockerRegistry(bench.scratch) as peer, Nginx(bench.scratch, web) as limit:
        for server in (ours, peer):
            subprocess.run(["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{layout}:latest",
                            f"docker://{server.url}/bench/small:latest"], check=True)
        for method in ("GET", "HEAD"):
            for what, reference in (("tag", "latest"), ("digest", digest)):
                paths = {"cang": (ours, f"/v2/bench/small/manifests/{reference}"),
                         "docker-registry": (peer, f"/v2/bench/small/manifests/{reference}"),
                         "nginx": (limit, "/manifest")}

                def once(server, path, method=method):
                    output = subprocess.run([bench.load, method, f"http://{server.url}{path}", "64", "2", ACCEPT],
                                            check=True, capture_output=True, text=True).stdout
                    figures = json.loads(output)
                    if figures["errors"]:
                        raise RuntimeError(f"{path}: {figures['errors']} answers were not 200")
                    return Sample(rate=figures["requests_per_second"], p99=figures["p99_ms"])

                medians = interleave(bench.rounds, {n: (lambda s=s, p=p: once(s, p)) for n, (s, p) in paths.items()})
                title = f"manifest {method} by {what}, 64 connections"
                bench.table.add(f"{title}: rate", medians["cang"]["rate"], "nginx", medians["nginx"]["rate"], 0.6, "/s", at_most=False)
                bench.table.add(f"{title}: rate", medians["cang"]["rate"], "docker-registry",
                                medians["docker-registry"]["rate"], 25, "/s", at_most=False)
                bench.table.add(f"{title}: p99", medians["cang"]["p99"], "docker-registry", medians["docker-registry"]["p99"], 0.1, "ms")
