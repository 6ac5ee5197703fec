"""Fixtures: servers and peers, each on its own directory and port, ended by process id."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

import images
from api_contract import Watcher
from machine import BINARY, CangServer, Process, clean_environment, free_port, http_status, run, running, wait_until


CLIENTS = pathlib.Path(__file__).parent / "clients"


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than ten seconds")
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"{BINARY} does not exist: build it, or name another with CANG_BINARY", returncode=3)


@pytest.fixture(scope="session", autouse=True)
def api_contract():
    """Checks every answer of the API that the tests' own HTTP requests get; see api_contract.py."""
    watcher = Watcher()
    with pytest.MonkeyPatch.context() as patch:
        watcher.install(patch)
        yield watcher


def needs(*programs):
    missing = [p for p in programs if not shutil.which(p)]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")


@pytest.fixture
def server(tmp_path):
    """Open to everybody."""
    with running(CangServer(tmp_path / "cang")) as started:
        yield started


@pytest.fixture(params=["none", "basic", "token"])
def any_auth_server(request, tmp_path):
    """Once open, once with basic authentication, once with the Bearer-token protocol."""
    with running(CangServer(tmp_path / "cang", "--auth", request.param)) as started:
        started.auth = request.param
        yield started


@pytest.fixture
def token_server(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "token", "--anonymous", "pull")) as started:
        yield started


REGISTRY_CONFIG = """version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {root}}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{port}"}}
"""


class DockerRegistry:
    def __init__(self, directory):
        directory.mkdir(parents=True)
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        config = directory / "config.yml"
        config.write_text(REGISTRY_CONFIG.format(root=directory / "root", port=self.port))
        self.process = Process(["docker-registry", "serve", config], directory / "log",
                               env=clean_environment(directory))
        wait_until(lambda: http_status(f"http://{self.address}/v2/") == 200, 30, "docker-registry answers")


@pytest.fixture
def registry(tmp_path):
    """Debian's docker-registry, as a peer."""
    needs("docker-registry")
    started = DockerRegistry(tmp_path / "docker-registry")
    yield started
    started.process.kill()


class Dockerd:
    def __init__(self, directory):
        self.directory = directory
        self.socket = directory / "docker.sock"
        self.config = directory / "client"
        self.config.mkdir(parents=True)
        self.environment = clean_environment(directory, DOCKER_HOST=f"unix://{self.socket}",
                                             DOCKER_CONFIG=str(self.config))
        self.process = Process(
            ["dockerd", "--data-root", directory / "data", "--exec-root", directory / "exec", "--host",
             f"unix://{self.socket}", "--pidfile", directory / "pid", "--iptables=false", "--bridge=none",
             "--storage-driver=vfs", "--insecure-registry=127.0.0.0/8"],
            directory / "log", env=clean_environment(directory))

    def is_ready(self):
        assert self.process.is_running(), self.process.log_text()
        return self.docker("version", check=False).returncode == 0

    def docker(self, *arguments, **options):
        return run(["docker", *arguments], env=self.environment, **options)


@pytest.fixture(scope="session")
def dockerd(tmp_path_factory):
    """One Docker Engine for the whole run; tests use names of their own."""
    needs("dockerd", "docker")
    # The path of a unix socket has room for 107 characters only.
    directory = tmp_path_factory.mktemp("d")
    engine = Dockerd(directory)
    try:
        wait_until(engine.is_ready, 60, "dockerd is ready")
    except AssertionError as failure:
        engine.process.kill()
        pytest.skip(f"dockerd does not run here: {str(failure)[-300:]}")
    yield engine
    engine.process.stop()
    subprocess.run(["umount", "-R", str(directory / "data")], capture_output=True, check=False)


@pytest.fixture
def podman():
    needs("podman")
    # podman takes a run directory of at most 50 characters.
    home = pathlib.Path(tempfile.mkdtemp(prefix="p", dir="/tmp"))

    def call(*arguments, **options):
        return run(
            ["podman", "--root", home / "root", "--runroot", home / "run", "--storage-driver", "vfs",
             "--cgroup-manager", "cgroupfs", "--events-backend", "file", *arguments],
            env=clean_environment(home, XDG_RUNTIME_DIR=str(home)), **options)

    try:
        probe = call("info", check=False)
        if probe.returncode != 0:
            pytest.skip(f"podman does not run here: {probe.stderr[-300:]}")
        yield call
    finally:
        shutil.rmtree(home, ignore_errors=True)


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """ca.pem, server.pem for 127.0.0.1 and localhost, client.cert and client.key."""
    needs("openssl")
    directory = tmp_path_factory.mktemp("tls")
    openssl(directory, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2")
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for name, suffix in (("server", "pem"), ("client", "cert")):
        openssl(directory, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(directory, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.{suffix}", "-days", "2", "-extfile", "names")
    return directory


CLIENTS = pathlib.Path(__file__).parent / "clients"


@pytest.fixture(scope="session")
def clients():
    """The folder of the npm clients, installed."""
    needs("node", "npm")
    if not (CLIENTS / "node_modules").is_dir():
        installed = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=CLIENTS, capture_output=True)
        if installed.returncode != 0:
            pytest.skip("the npm clients cannot be installed")
    return CLIENTS


@pytest.fixture(scope="session")
def clients():
    """The folder of programs that use npm packages, with these installed."""
    needs("node", "npm")
    wanted, installed = CLIENTS / "package-lock.json", CLIENTS / "node_modules/.package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        result = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=CLIENTS, capture_output=True)
        if result.returncode != 0:
            pytest.skip("the npm packages cannot be installed")
        installed.touch()
    return CLIENTS


@pytest.fixture(scope="session")
def busybox():
    if not images.BUSYBOX.exists():
        pytest.skip("busybox-static is not installed")
    return images.busybox_image()


@pytest.fixture
def busybox_layout(tmp_path, busybox):
    images.write_layout(tmp_path / "busybox", {"v1": busybox})
    return tmp_path / "busybox"
