"""Push and pull of one large image, parallel blob downloads."""

import shutil
import subprocess

from corpus import blob_of
from measure import interleave, run_client
from servers import Cang, DockerRegistry, Nginx


def _skopeo(*arguments):
    return ["skopeo", "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false", *arguments]


def _push_once(bench, make, client):
    with make() as server:
        return run_client(client(server), [server])


def push(bench):
    layout = bench.fat()
    subprocess.run(["sh", "-c", f"cat {layout}/blobs/sha256/* >/dev/null"], check=True)
    makes = {"cang": lambda: Cang(bench.scratch, bench.binary), "docker-registry": lambda: DockerRegistry(bench.scratch)}
    clients = {
        "skopeo": lambda server: _skopeo(f"oci:{layout}:latest", f"docker://{server.url}/bench/fat:latest"),
        "cang copy": lambda server: [str(bench.binary), "copy", "-q", "--target-tls-verify=false", f"oci:{layout}:latest",
                                     f"docker://{server.url}/bench/fat:latest"],
    }
    for client_name, client in clients.items():
        medians = interleave(bench.rounds, {
            name: (lambda make=make: _push_once(bench, make, client)) for name, make in makes.items()})
        ours, peer = medians["cang"], medians["docker-registry"]
        bench.table.add(f"push, client {client_name}: server CPU", ours["server_cpu"], "docker-registry", peer["server_cpu"], 0.4)
        bench.table.add(f"push, client {client_name}: wall", ours["wall"], "docker-registry", peer["wall"], 0.6)


def pull(bench):
    layout = bench.fat()
    with Cang(bench.scratch, bench.binary) as ours, DockerRegistry(bench.scratch) as peer:
        servers = {"cang": ours, "docker-registry": peer}
        for server in servers.values():
            subprocess.run(_skopeo(f"oci:{layout}:latest", f"docker://{server.url}/bench/fat:latest"), check=True)
        target = bench.scratch / "pulled"

        def once(server):
            shutil.rmtree(target, ignore_errors=True)
            return run_client(_skopeo(f"docker://{server.url}/bench/fat:latest", f"dir:{target}"), [server])

        medians = interleave(bench.rounds, {name: (lambda s=server: once(s)) for name, server in servers.items()})
        bench.table.add("pull: server CPU", medians["cang"]["server_cpu"], "docker-registry",
                        medians["docker-registry"]["server_cpu"], 0.3)


def parallel_gets(bench):
    """Four downloads of 200 MB at once, against nginx with sendfile."""
    blob = blob_of(bench.fat())
    digest = "sha256:" + blob.name
    web = bench.scratch / "web"
    web.mkdir()
    shutil.copy(blob, web / "blob")
    with Cang(bench.scratch, bench.binary) as ours, DockerRegistry(bench.scratch) as peer, Nginx(bench.scratch, web) as limit:
        for server in (ours, peer):
            subprocess.run(_skopeo(f"oci:{bench.fat()}:latest", f"docker://{server.url}/bench/fat:latest"), check=True)
        urls = {"cang": (ours, f"http://{ours.url}/v2/bench/fat/blobs/{digest}"),
                "docker-registry": (peer, f"http://{peer.url}/v2/bench/fat/blobs/{digest}"),
                "nginx": (limit, f"http://{limit.url}/blob")}

        def once(server, url):
            script = " & ".join([f"curl -sSf -o /dev/null {url}"] * 4) + " & wait"
            return run_client(["sh", "-c", script], [server])

        medians = interleave(max(bench.rounds, 9), {n: (lambda s=s, u=u: once(s, u)) for n, (s, u) in urls.items()})
        size = 4 * blob.stat().st_size / 1e6
        rates = {name: size / sample["wall"] for name, sample in medians.items()}
        bench.table.add("4 parallel blob GETs: throughput", rates["cang"], "nginx", rates["nginx"], 0.9, "MB/s", at_most=False)
