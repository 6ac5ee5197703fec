"""The Docker CLI and Engine push to and pull from the server."""

import uuid

import images
from distribution import Client
from machine import ADMIN_PASSWORD, cang


def load(dockerd, tmp_path, image, name):
    """Into the engine by way of skopeo's format-independent peer, `cang copy`."""
    images.write_layout(tmp_path / "load", {"v1": image})
    cang("copy", f"oci:{tmp_path}/load:v1", f"docker-archive:{tmp_path}/load.tar:{name}", home=tmp_path)
    dockerd.docker("load", "-i", tmp_path / "load.tar")


def login(dockerd, server):
    if server.auth != "none":
        dockerd.docker("login", "-u", "admin", "--password-stdin", server.address, input=ADMIN_PASSWORD)


def test_push_and_pull(any_auth_server, dockerd, busybox, tmp_path):
    name = f"{any_auth_server.address}/{uuid.uuid4().hex}/busybox:v1"
    load(dockerd, tmp_path, busybox, name)
    login(dockerd, any_auth_server)
    dockerd.docker("push", name)
    before = dockerd.docker("image", "inspect", "-f", "{{.Id}}", name).stdout
    dockerd.docker("image", "rm", name)
    dockerd.docker("pull", name)
    assert dockerd.docker("image", "inspect", "-f", "{{.Id}}", name).stdout == before
    dockerd.docker("image", "rm", name)


def test_a_second_push_sends_nothing_again(server, dockerd, busybox, tmp_path):
    repository = uuid.uuid4().hex
    name = f"{server.address}/{repository}:v1"
    load(dockerd, tmp_path, busybox, name)
    dockerd.docker("push", name)
    again = dockerd.docker("push", name).stdout
    assert again.count("Layer already exists") == 2, again
    assert Client(server.address).tags(repository) == ["v1"]
    dockerd.docker("image", "rm", name)


def test_a_push_without_login_is_refused(token_server, dockerd, busybox, tmp_path):
    name = f"{token_server.address}/{uuid.uuid4().hex}:v1"
    load(dockerd, tmp_path, busybox, name)
    result = dockerd.docker("push", name, check=False)
    assert result.returncode != 0
    assert "unauthorized" in result.stderr or "denied" in result.stderr or "no basic auth" in result.stderr
    dockerd.docker("image", "rm", name)
