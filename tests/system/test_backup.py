"""`cang backup` of a server that takes pushes, deletes and collects; what `cang restore` makes of it."""

import hashlib
import json
import pathlib
import random
import shutil
import threading

import pytest

import images
from distribution import Client, Refused
from machine import ADMIN_PASSWORD, BINARY, CangServer, Process, cang, clean_environment, running, wait_until

FLAGS = ("--auth", "token", "--anonymous", "push", "--gc-grace", "1s", "--gc-interval", "1s")
WORKERS = 3


def connect(server):
    return Client(server.address, "admin", ADMIN_PASSWORD, timeout=60)


def backup(server_or_data, target, *flags, home, **options):
    data = getattr(server_or_data, "data", server_or_data)
    return json.loads(cang("backup", "--data", data, target, "--json", *flags, home=home, **options).stdout)


def backups_of(target, home):
    return [item["name"] for item in json.loads(cang("backup", "--list", target, "--json", home=home).stdout)["items"]]


def bytes_in(directory):
    """As `du` counts: a file with several names is there once."""
    return sum({entry.stat().st_ino: entry.stat().st_size for entry in pathlib.Path(directory).rglob("*")
                if entry.is_file()}.values())


def blob_file(directory, digest):
    algorithm, value = digest.split(":")
    return pathlib.Path(directory) / "blobs" / algorithm / value[:2] / value


def push(client, repository, tag, image):
    """Again when a blob waited for its manifest longer than the short grace period of these tests."""
    for _ in range(20):
        try:
            client.push_image(repository, tag, image)
            return
        except Refused as refused:
            if b"BLOB_UNKNOWN" not in refused.body:
                raise
    raise AssertionError(f"{repository}:{tag} cannot be pushed")


@pytest.fixture
def elsewhere(tmp_path):
    """A directory on another filesystem, so that blobs are copied and not linked."""
    directory = pathlib.Path("/dev/shm") / f"cang-backup-{tmp_path.name}-{random.SystemRandom().randrange(1 << 32)}"
    if not directory.parent.is_dir() or directory.parent.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("/dev/shm is not a filesystem of its own")
    directory.mkdir()
    yield directory
    shutil.rmtree(directory)


class Pusher(threading.Thread):
    """Pushes, moves and deletes tags of its own repositories, so that collections have something to free."""

    def __init__(self, server, number, stopping):
        super().__init__(daemon=True)
        self.client = connect(server)
        self.random = random.Random(number)
        self.repository = f"busy/app{number}"
        self.stopping = stopping
        self.pushed = 0
        self.failure = None

    def run(self):
        try:
            while not self.stopping.is_set():
                self.step()
        except Exception as failure:
            self.failure = failure
        finally:
            self.client.close()

    def step(self):
        tag = f"t{self.random.randrange(3)}"
        if self.random.random() < 0.4:
            self.client.delete(self.repository, tag)
            return
        image = images.noise_image(self.random.choice([500, 50_000, 300_000]), self.random.randrange(10_000), layers=2)
        push(self.client, self.repository, tag, image)
        self.pushed += 1


class Collector(threading.Thread):
    def __init__(self, server, stopping):
        super().__init__(daemon=True)
        self.client = connect(server)
        self.stopping = stopping
        self.answers = []
        self.failure = None

    def run(self):
        try:
            while not self.stopping.is_set():
                status, _, body = self.client.request("POST", "/api/v1/gc?untagged=true",
                                                      headers={"Content-Length": "0"})
                self.answers.append((status, json.loads(body)))
        except Exception as failure:
            self.failure = failure
        finally:
            self.client.close()


class Load:
    """Pushes, deletions and collections, from before the block to after it."""

    def __init__(self, server):
        self.stopping = threading.Event()
        self.pushers = [Pusher(server, number, self.stopping) for number in range(WORKERS)]
        self.collector = Collector(server, self.stopping)

    def __enter__(self):
        for thread in [*self.pushers, self.collector]:
            thread.start()
        wait_until(lambda: all(p.pushed for p in self.pushers) and self.collector.answers, 60, "the load runs")
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in [*self.pushers, self.collector]:
            thread.join(60)
            assert not thread.is_alive()
        for thread in [*self.pushers, self.collector]:
            assert thread.failure is None, thread.failure


def check_restored(target, home, acknowledged, name=None):
    """Restores into a new directory, checks it, serves it and fetches every image with all its blobs."""
    data = home / f"restored-{random.SystemRandom().randrange(1 << 32)}"
    at = ("--at", name) if name else ()
    cang("restore", target, "--data", data, *at, home=home)
    report = cang("fsck", "--deep", "--data", data, home=home, check=False)
    assert report.returncode == 0 and report.stdout.endswith("clean\n"), report.stdout + report.stderr
    with running(CangServer(home / "second", *FLAGS, data=data)) as server:
        client = connect(server)
        for (repository, tag), digest in acknowledged.items():
            assert client.check_whole(repository, tag) == digest
        client.close()
    return data


def push_kept(server, number, first=0):
    """Images that nobody deletes: what a backup from now on must hold."""
    client = connect(server)
    acknowledged = {}
    for index in range(first, first + number):
        image = images.noise_image(40_000, f"kept-{index}", layers=2)
        push(client, "kept/app", f"v{index}", image)
        acknowledged["kept/app", f"v{index}"] = image.digest
    client.close()
    return acknowledged


def test_a_backup_under_load_holds_every_acknowledged_image(tmp_path):
    target = tmp_path / "backups"
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        acknowledged = push_kept(server, 5)
        taken = []
        with Load(server) as load:
            for round_number in range(4):
                acknowledged |= push_kept(server, 2, first=100 + 2 * round_number)
                pushed = sum(p.pushed for p in load.pushers)
                made = backup(server, target, home=tmp_path)
                taken.append((made["name"], dict(acknowledged)))
                wait_until(lambda: sum(p.pushed for p in load.pushers) > pushed, 60, "pushes went on")
        statuses = {status for status, _ in load.collector.answers}
        assert 200 in statuses and statuses <= {200, 409}, statuses
        for name, held in taken:
            check_restored(target, tmp_path, held, name)
        # The live server lost nothing either.
        assert server.stop() == 0
        assert "clean" in cang("fsck", "--deep", "--data", server.data, home=tmp_path).stdout
    assert backups_of(target, tmp_path) == [name for name, _ in taken]


def test_a_backup_to_another_filesystem_under_load(tmp_path, elsewhere):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        acknowledged = push_kept(server, 5)
        with Load(server):
            made = backup(server, elsewhere / "backups", home=tmp_path)
        assert made["newBytes"] == made["bytes"] > 0
        check_restored(elsewhere / "backups", tmp_path, acknowledged)


def test_a_collection_is_refused_while_files_are_copied(tmp_path):
    """Held as a backup holds them; the kernel lets go with the process."""
    with running(CangServer(tmp_path / "cang", "--auth", "none")) as server:
        client = connect(server)

        def collect():
            return client.request("POST", "/api/v1/gc", headers={"Content-Length": "0"})

        holder = Process(["flock", "--shared", "--no-fork", server.data / "hold", "sleep", "600"],
                         tmp_path / "holder.log")
        try:
            wait_until(lambda: collect()[0] == 409, 30, "the collection is refused")
            assert b"a backup is being made: nothing is collected until it has ended" in collect()[2]
        finally:
            holder.kill()
        assert collect()[0] == 200
        client.close()


def test_a_second_backup_copies_what_is_new(tmp_path, elsewhere):
    target = elsewhere / "backups"
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        acknowledged = push_kept(server, 10)
        first = backup(server, target, home=tmp_path)
        size = bytes_in(target / "blobs")
        assert first["newBytes"] == first["bytes"] == size
        image = images.noise_image(100_000, "second")
        push(connect(server), "kept/second", "v1", image)
        acknowledged["kept/second", "v1"] = image.digest
        second = backup(server, target, home=tmp_path)
        new = sum(len(data) for data in image.blobs.values()) + len(image.manifest)
        assert second["newBytes"] == new and second["newObjects"] == len(image.blobs) + 1
        assert bytes_in(target / "blobs") == size + new
        third = backup(server, target, home=tmp_path)
        assert third["newObjects"] == 0 and third["objects"] == second["objects"]
    check_restored(target, tmp_path, acknowledged)


def test_on_the_same_filesystem_blobs_take_no_room(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        acknowledged = push_kept(server, 3)
        backup(server, tmp_path / "backups", home=tmp_path)
        for blob in (tmp_path / "backups/blobs").rglob("*"):
            if blob.is_file():
                assert blob.stat().st_nlink == 2
        # What the server deletes and collects stays in the backup.
        client = connect(server)
        for _, tag in acknowledged:
            client.delete("kept/app", tag)
        blob = next(path for path in (tmp_path / "backups/blobs").rglob("*") if path.is_file())

        def is_collected():
            client.request("POST", "/api/v1/gc?untagged=true", headers={"Content-Length": "0"})
            return blob.stat().st_nlink == 1

        wait_until(is_collected, 60, "the images are collected")
        client.close()
    check_restored(tmp_path / "backups", tmp_path, acknowledged)


def test_a_stopped_and_a_killed_server_are_backed_up_too(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        acknowledged = push_kept(server, 3)
        server.kill()
        backup(server, tmp_path / "killed", home=tmp_path)
        server.start()
        server.stop()
        backup(server, tmp_path / "stopped", home=tmp_path)
    check_restored(tmp_path / "killed", tmp_path, acknowledged)
    check_restored(tmp_path / "stopped", tmp_path, acknowledged)


def test_a_killed_backup_leaves_the_older_one_and_the_next_completes(tmp_path, elsewhere):
    target = elsewhere / "backups"
    chance = random.Random(7)
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        acknowledged = push_kept(server, 3)
        older = backup(server, target, home=tmp_path)["name"]
        older_images = dict(acknowledged)
        client = connect(server)
        for number in range(4):
            image = images.noise_image(6_000_000, f"large-{number}", layers=2)
            push(client, "large/app", f"v{number}", image)
            acknowledged["large/app", f"v{number}"] = image.digest
        client.close()
        pause = threading.Event()
        in_the_middle = 0

        def has_begun():
            try:
                return not process.is_running() or any((target / "partial").iterdir())
            except FileNotFoundError:  # just being emptied
                return False

        for _ in range(12):
            process = Process([BINARY, "backup", "--data", server.data, target, "--quiet"], tmp_path / "backup.log",
                              env=clean_environment(tmp_path))
            # At a random moment, but not before it has begun.
            wait_until(has_begun, 30, "it begins")
            pause.wait(chance.uniform(0, 0.05))
            in_the_middle += process.is_running()
            process.kill()
            names = backups_of(target, tmp_path)
            assert names[0] == older
            for blob in (target / "blobs").rglob("*"):
                if blob.is_file():
                    assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
        assert in_the_middle > 0, "no backup was killed in the middle"
        check_restored(target, tmp_path, older_images, older)
        last = backup(server, target, home=tmp_path)
        assert not any((target / "partial").iterdir())
    check_restored(target, tmp_path, acknowledged, last["name"])


def test_restore_names_damaged_blobs_and_leaves_nothing(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        push_kept(server, 2)
        backup(server, tmp_path / "backups", home=tmp_path)
    image = images.noise_image(40_000, "kept-0", layers=2)
    damaged, missing = (layer["digest"] for layer in image.layers)
    path = blob_file(tmp_path / "backups", damaged)
    data = path.read_bytes()
    path.unlink()  # the live one is the same file
    path.write_bytes(data[:1000] + bytes([data[1000] ^ 1]) + data[1001:])
    blob_file(tmp_path / "backups", missing).unlink()
    result = cang("restore", tmp_path / "backups", "--data", tmp_path / "restored", home=tmp_path, check=False)
    assert result.returncode == 1
    assert f"{damaged} is damaged" in result.stderr and f"{missing} is missing" in result.stderr
    assert not (tmp_path / "restored").exists()
    # The data directory still has it, so the next backup brings it again.
    path.unlink()
    backup(server, tmp_path / "backups", home=tmp_path)
    cang("restore", tmp_path / "backups", "--data", tmp_path / "restored", home=tmp_path)


def test_restore_refuses_a_directory_that_is_not_empty(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        backup(server, tmp_path / "backups", home=tmp_path)
        before = sorted(path.name for path in server.data.iterdir())
        result = cang("restore", tmp_path / "backups", "--data", server.data, home=tmp_path, check=False)
        assert result.returncode == 1 and f"{server.data} is not empty" in result.stderr
        assert before == sorted(path.name for path in server.data.iterdir())
    (tmp_path / "empty").mkdir()
    cang("restore", tmp_path / "backups", "--data", tmp_path / "empty", home=tmp_path)


def test_no_server_starts_on_a_killed_restore(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        client = connect(server)
        push(client, "large/app", "v1", images.noise_image(8_000_000, "large", layers=4))
        client.close()
        backup(server, tmp_path / "backups", home=tmp_path)
    process = Process([BINARY, "restore", tmp_path / "backups", "--data", tmp_path / "restored"],
                      tmp_path / "restore.log", env=clean_environment(tmp_path))
    wait_until(lambda: (tmp_path / "restored/blobs").exists(), 30, "the restore has begun")
    process.kill()
    if not (tmp_path / "restored/restoring").exists():
        pytest.skip("the restore was faster than its end")
    result = cang("fsck", "--data", tmp_path / "restored", home=tmp_path, check=False)
    assert result.returncode == 1
    assert f"the restore into {tmp_path}/restored did not end" in result.stderr
    assert "remove the directory and restore again" in result.stderr


def test_keep_removes_older_backups_and_what_only_they_needed(tmp_path):
    target = tmp_path / "backups"
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        client = connect(server)
        digests = []
        for number in range(4):
            image = images.noise_image(20_000, f"turn-{number}")
            push(client, "turn/app", "latest", image)
            digests.append(image)
            old = digests[-2].digest if number else None
            if old:
                client.delete("turn/app", old)

                def is_collected():
                    client.request("POST", "/api/v1/gc?untagged=true", headers={"Content-Length": "0"})
                    return not blob_file(server.data, old).exists()

                wait_until(is_collected, 60, "the old image is collected")
            made = backup(server, target, "--keep", "2", home=tmp_path)
        client.close()
    names = backups_of(target, tmp_path)
    assert len(names) == 2 and names[-1] == made["name"]
    assert made["removed"] and made["freedObjects"] > 0
    assert [blob_file(target, image.digest).exists() for image in digests] == [False, False, True, True]
    check_restored(target, tmp_path, {("turn/app", "latest"): digests[2].digest}, names[0])
    check_restored(target, tmp_path, {("turn/app", "latest"): digests[3].digest})


def test_keys_and_passwords_come_along(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        backup(server, tmp_path / "backups", home=tmp_path)
        cang("restore", tmp_path / "backups", "--data", tmp_path / "restored", home=tmp_path)
        for name in ("token.key", "secrets.key"):
            assert (tmp_path / "restored" / name).read_bytes() == (server.data / name).read_bytes()
            assert (tmp_path / "restored" / name).stat().st_mode & 0o777 == 0o600
        for directory in ("backups", "blobs", "partial"):
            assert (tmp_path / "backups" / directory).stat().st_mode & 0o777 == 0o700


def test_uploads_in_progress_are_not_part_of_it(tmp_path):
    with running(CangServer(tmp_path / "cang", *FLAGS)) as server:
        client = connect(server)
        client.request("POST", "/v2/half/app/blobs/uploads/", expect=(202,))
        client.request("POST", "/api/v1/uploads", json.dumps({"name": "a.tar", "size": 100}),
                       {"Content-Type": "application/json"}, expect=(201,))
        client.close()
        backup(server, tmp_path / "backups", home=tmp_path)
    data = check_restored(tmp_path / "backups", tmp_path, {})
    assert not any((data / "uploads").iterdir())


def test_what_is_no_data_directory_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    result = cang("backup", "--data", tmp_path / "empty", tmp_path / "backups", home=tmp_path, check=False)
    assert result.returncode == 2 and "is no data directory of cang" in result.stderr
    (tmp_path / "empty/format").write_text("1\n")
    result = cang("backup", "--data", tmp_path / "empty", tmp_path / "backups", home=tmp_path, check=False)
    assert result.returncode == 1 and "back up PostgreSQL with its own tools" in result.stderr
    assert not (tmp_path / "backups").exists()
    result = cang("restore", tmp_path, "--data", tmp_path / "new", home=tmp_path, check=False)
    assert result.returncode == 2 and "there are no backups in" in result.stderr
