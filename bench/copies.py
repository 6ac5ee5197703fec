"""Mirroring a corpus, repeating it unchanged, and writing a Docker archive."""

import json
import shutil
import subprocess

from measure import interleave, run_client
from servers import DockerRegistry


def _names(layout):
    index = json.loads((layout / "index.json").read_text())
    return [entry["annotations"]["org.opencontainers.image.ref.name"] for entry in index["manifests"]]


def mirror(bench):
    """Registry to place: skopeo into docker-registry, against `cang sync` into the warehouse."""
    layout = bench.fleet()
    names = _names(layout)
    with DockerRegistry(bench.scratch) as origin:
        for name in names:
            subprocess.run(["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{layout}:{name}",
                            f"docker://{origin.url}/fleet/{name}:v1"], check=True)
        images = "".join(f"    fleet/{name}: [v1]\n" for name in names)
        sources = bench.scratch / "skopeo.yml"
        sources.write_text(f"{origin.url}:\n  tls-verify: false\n  images:\n{images}")
        ours = bench.scratch / "cang.yml"
        ours.write_text("sync:\n" + "".join(
            f"  - {{source: 'docker://{origin.url}/fleet/{name}', tags: [v1], target: mirror}}\n" for name in names))
        state = {}

        def theirs(fresh):
            if fresh:
                if "peer" in state:
                    state.pop("peer").stop()
                state["peer"] = DockerRegistry(bench.scratch)
            peer = state["peer"]
            return run_client(["skopeo", "sync", "--all", "--dest-tls-verify=false", "--src", "yaml", "--dest", "docker",
                               str(sources), f"{peer.url}/mirror"], [peer, origin])

        def mine(fresh):
            data = bench.scratch / "warehouse"
            if fresh:
                shutil.rmtree(data, ignore_errors=True)
            return run_client([str(bench.binary), "sync", "-q", "--tls-verify=false", "--data", str(data), "--config", str(ours)], [origin])

        for title, fresh, wall, cpu in (("mirror a corpus", True, 0.5, 0.4), ("mirror, nothing changed", False, 0.3, None)):
            medians = interleave(bench.rounds, {"skopeo": lambda: theirs(fresh), "cang": lambda: mine(fresh)})
            bench.table.add(f"{title}: wall", medians["cang"]["wall"], "skopeo", medians["skopeo"]["wall"], wall)
            if cpu:
                bench.table.add(f"{title}: client and server CPU", medians["cang"]["total_cpu"], "skopeo",
                                medians["skopeo"]["total_cpu"], cpu)
        state["peer"].stop()


def archive(bench):
    layout = bench.fat()
    target = bench.scratch / "image.tar"

    def once(command):
        target.unlink(missing_ok=True)
        return run_client(command)

    medians = interleave(bench.rounds, {
        "skopeo": lambda: once(["skopeo", "copy", "-q", f"oci:{layout}:latest", f"docker-archive:{target}:bench/fat:latest"]),
        "cang": lambda: once([str(bench.binary), "copy", "-q", f"oci:{layout}:latest", f"docker-archive:{target}:bench/fat:latest"]),
    })
    bench.table.add("oci: to docker-archive: wall", medians["cang"]["wall"], "skopeo", medians["skopeo"]["wall"], 0.35)
    target.unlink(missing_ok=True)
