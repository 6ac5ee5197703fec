"""podman pushes to and pulls from the server."""

import pathlib
import shutil
import tempfile

import pytest

from conftest import needs
from machine import ADMIN_PASSWORD, clean_environment, run


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


def credentials(server):
    return [] if server.auth == "none" else ["--creds", f"admin:{ADMIN_PASSWORD}"]


def test_push_and_pull(any_auth_server, podman, busybox_layout):
    name = f"{any_auth_server.address}/podman/busybox:v1"
    image = podman("pull", "-q", f"oci:{busybox_layout}:v1").stdout.strip()
    podman("push", "-q", "--tls-verify=false", *credentials(any_auth_server), image, f"docker://{name}")
    podman("rmi", "-f", image)
    pulled = podman("pull", "-q", "--tls-verify=false", *credentials(any_auth_server), name).stdout.strip()
    assert pulled == image


def test_a_zstd_push_is_pulled_back(server, podman, busybox_layout):
    name = f"{server.address}/podman/zstd:v1"
    image = podman("pull", "-q", f"oci:{busybox_layout}:v1").stdout.strip()
    podman("push", "-q", "--tls-verify=false", "--format=oci", "--compression-format=zstd", image, f"docker://{name}")
    podman("rmi", "-f", image)
    assert podman("pull", "-q", "--tls-verify=false", name).stdout.strip() == image
