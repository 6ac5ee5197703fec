"""Live events: one server tells thousands of WebSocket clients, beside node's socket.io."""

import json
import pathlib
import resource
import subprocess

from measure import Sample, interleave
from servers import Server

PEER = pathlib.Path(__file__).resolve().parent / "socketio_peer"
SECONDS = 3
BURST = 10


class EventServer(Server):
    ready_path = "/socket.io/?EIO=4&transport=polling"

    def __init__(self, root, arguments):
        self.arguments = arguments
        super().__init__(root)

    def command(self):
        return [*map(str, self.arguments), str(self.port)]


class OurEventServer(EventServer):
    name = "cang-events"


class NodeEventServer(EventServer):
    name = "node-events"


def ensure_peer():
    if not (PEER / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=PEER, check=True, capture_output=True)


def measure(bench, kind, arguments, clients):
    """Events delivered per second of the server's CPU, and the memory that a connected client costs it."""
    with kind(bench.scratch, arguments) as server:
        empty = server.rss_mb()
        load = subprocess.Popen([bench.binary.parent / "bench/socketio_load_bench", str(server.port), str(clients), str(BURST)],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if load.stdout.readline() != "ready\n":
                raise RuntimeError(f"{clients} clients cannot connect to {server.name}")
            connected = server.rss_mb()
            before = server.cpu_seconds()
            load.stdin.write(f"{SECONDS}\n")
            load.stdin.flush()
            result = json.loads(load.stdout.readline())
            cpu = server.cpu_seconds() - before
            busy = server.rss_mb()
        finally:
            load.stdin.close()
            load.wait(30)
    return Sample(events_per_cpu=result["events"] / cpu, events_per_second=result["events"] / result["seconds"],
                  client_kib=(connected - empty) * 1024 / clients, busy_client_kib=(busy - empty) * 1024 / clients)


def events(bench):
    ensure_peer()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    ours = [bench.binary.parent / "bench/socketio_server_bench"]
    peer = ["node", PEER / "server.mjs"]
    for clients in (1_000, 5_000):
        medians = interleave(bench.rounds, {
            "cang": lambda: measure(bench, OurEventServer, ours, clients),
            "socket.io": lambda: measure(bench, NodeEventServer, peer, clients),
        })
        cang, node = medians["cang"], medians["socket.io"]
        title = f"1 KB events to {clients:,} WebSocket clients"
        bench.table.add(f"{title}: delivered per server CPU second", cang["events_per_cpu"], "socket.io",
                        node["events_per_cpu"], 3, unit="1/s", at_most=False)
        bench.table.add(f"{title}: delivered per second", cang["events_per_second"], "socket.io",
                        node["events_per_second"], 1, unit="1/s", at_most=False)
        bench.table.add(f"{title}: memory of a connected client", cang["client_kib"], "socket.io", node["client_kib"], 0.25,
                        unit="KiB")
        bench.table.add(f"{title}: memory of a client under load", cang["busy_client_kib"], "socket.io",
                        node["busy_client_kib"], 0.25, unit="KiB")
