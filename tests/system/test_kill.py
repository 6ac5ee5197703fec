"""SIGKILL at random moments while images are pushed, copied, deleted and collected. After every restart each acknowledged
image is whole, each deleted tag is gone, and `cang fsck` finds nothing.

CANG_KILL_ROUNDS says how often (default 20), CANG_KILL_SEED repeats a run."""

import http.client
import os
import random
import threading

import images
from distribution import Client, Refused
from machine import ADMIN_PASSWORD, CangServer, cang, running

ROUNDS = int(os.environ.get("CANG_KILL_ROUNDS", "20"))
SEED = int(os.environ.get("CANG_KILL_SEED", str(random.SystemRandom().randrange(1_000_000))))
WORKERS = 4
FLAGS = ("--auth", "token", "--anonymous", "push", "--gc-grace", "1s", "--gc-interval", "1s")


class Ledger:
    """What the server has acknowledged, and what it was in the middle of when it died."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tags = {}  # (repository, tag) -> digest acknowledged; None: its deletion was acknowledged
        self.pending = {}  # (repository, tag) -> set of states that are possible besides the acknowledged one

    def begin(self, key, state):
        with self.lock:
            self.pending.setdefault(key, set()).add(state)

    def acknowledge(self, key, state):
        with self.lock:
            self.tags[key] = state
            self.pending.pop(key, None)

    def settle(self, key, state):
        self.tags[key] = state
        self.pending.pop(key, None)


class Worker(threading.Thread):
    """Pushes, moves and deletes tags of its own repository until the server dies."""

    def __init__(self, number, server, ledger, seed, stopping):
        super().__init__(daemon=True)
        self.repository = f"team/app{number}"
        self.server = server
        self.ledger = ledger
        self.random = random.Random(seed)
        self.stopping = stopping
        self.done = 0
        self.failure = None

    def run(self):
        client = Client(self.server.address, "admin", ADMIN_PASSWORD, timeout=30)
        try:
            while not self.stopping.is_set():
                self.step(client)
                self.done += 1
        except (OSError, http.client.HTTPException):
            pass  # the server was killed
        except Refused as refused:
            self.failure = refused
        finally:
            client.close()

    def step(self, client):
        tag = f"t{self.random.randrange(6)}"
        key = (self.repository, tag)
        if self.random.random() < 0.25:
            self.ledger.begin(key, None)
            client.delete(self.repository, tag)
            self.ledger.acknowledge(key, None)
            return
        image = images.noise_image(self.random.choice([500, 20_000, 400_000]), self.random.randrange(30),
                                   layers=self.random.randrange(1, 4))
        for digest, data in image.blobs.items():
            if not client.has_blob(self.repository, digest):
                client.push_blob(self.repository, digest, data)
        self.ledger.begin(key, image.digest)
        try:
            client.put_manifest(self.repository, tag, image.manifest)
        except Refused as refused:
            # A blob that waited longer than the grace period of this test was collected: the client pushes again.
            if b"BLOB_UNKNOWN" not in refused.body:
                raise
            self.ledger.pending[key].discard(image.digest)
            return
        self.ledger.acknowledge(key, image.digest)


def collect(server, stopping, collected):
    try:
        client = Client(server.address, "admin", ADMIN_PASSWORD, timeout=30)
        while not stopping.is_set():
            status, _, _ = client.request("POST", "/api/v1/gc?untagged=true", headers={"Content-Length": "0"})
            collected.append(status)
    except (OSError, http.client.HTTPException):
        pass


def check(server, ledger):
    client = Client(server.address, "admin", ADMIN_PASSWORD)
    for key in set(ledger.tags) | set(ledger.pending):
        repository, tag = key
        data = client.find_manifest(repository, tag)
        visible = images.sha256(data) if data is not None else None
        allowed = ledger.pending.get(key, set()) | {ledger.tags.get(key)}
        assert visible in allowed, f"{repository}:{tag} is {visible}, not one of {allowed}"
        if visible is not None:
            client.check_whole(repository, tag)
        ledger.settle(key, visible)
    client.close()


def test_nothing_is_lost_and_nothing_half_done_shows(tmp_path):
    print(f"CANG_KILL_SEED={SEED}")
    chance = random.Random(SEED)
    ledger = Ledger()
    done = 0
    collected = []
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        for round_number in range(ROUNDS):
            stopping = threading.Event()
            workers = [Worker(n, server, ledger, chance.random(), stopping) for n in range(WORKERS)]
            collector = threading.Thread(target=collect, args=(server, stopping, collected), daemon=True)
            for thread in [*workers, collector]:
                thread.start()
            # The random moment: early ones hit the start of the work, late ones the middle of it.
            stopping.wait(chance.uniform(0.02, 0.8))
            server.kill()
            stopping.set()
            for thread in [*workers, collector]:
                thread.join(60)
                assert not thread.is_alive()
            for worker in workers:
                assert worker.failure is None, f"round {round_number}, seed {SEED}: {worker.failure}"
                done += worker.done
            report = cang("fsck", "--deep", "--data", server.data, home=tmp_path, check=False)
            assert report.returncode == 0, f"round {round_number}, seed {SEED}:\n{report.stdout}{report.stderr}"
            server.start()
            check(server, ledger)
    assert done > ROUNDS
    # A second collection while the server's own one runs is refused with 409.
    assert collected and set(collected) <= {200, 409}, set(collected)


def test_a_killed_copy_leaves_a_clean_warehouse(tmp_path):
    from machine import BINARY, Process, clean_environment

    chance = random.Random(SEED)
    image = images.noise_image(3_000_000, "copy", layers=4)
    digest = images.write_layout(tmp_path / "in", {"v1": image})["v1"]
    data = tmp_path / "data"
    moment = threading.Event()
    for _ in range(max(3, ROUNDS // 4)):
        client = Process([BINARY, "copy", f"oci:{tmp_path}/in:v1", "app:v1", "--data", data, "--force"],
                         tmp_path / "client.log", env=clean_environment(tmp_path))
        moment.wait(chance.uniform(0.01, 0.4))
        client.kill()
        if not data.exists():
            continue
        assert "clean" in cang("fsck", "--deep", "--data", data, home=tmp_path).stdout
        found = cang("inspect", "app:v1", "--data", data, "--json", home=tmp_path, check=False)
        assert found.returncode == 2 or digest in found.stdout
    cang("copy", f"oci:{tmp_path}/in:v1", "app:v1", "--data", data, home=tmp_path)
    assert digest in cang("inspect", "app:v1", "--data", data, home=tmp_path).stdout
