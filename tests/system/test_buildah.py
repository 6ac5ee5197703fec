"""buildah builds, pushes and pulls."""

import pytest

from conftest import needs
from machine import ADMIN_PASSWORD, clean_environment, run


@pytest.fixture
def buildah(tmp_path):
    needs("buildah")
    home = tmp_path / "buildah"
    home.mkdir()

    def call(*arguments, **options):
        return run(
            ["buildah", "--root", home / "root", "--runroot", home / "run", "--storage-driver", "vfs", *arguments],
            env=clean_environment(home, XDG_RUNTIME_DIR=str(home), BUILDAH_ISOLATION="chroot"), **options)

    probe = call("info", check=False)
    if probe.returncode != 0:
        pytest.skip(f"buildah does not run here: {probe.stderr[-300:]}")
    return call


def test_a_built_image_is_pushed_and_pulled(any_auth_server, buildah, busybox_layout, tmp_path):
    credentials = [] if any_auth_server.auth == "none" else ["--creds", f"admin:{ADMIN_PASSWORD}"]
    context = tmp_path / "context"
    context.mkdir()
    (context / "file").write_text("content\n")
    base = f"docker://{any_auth_server.address}/base:v1"
    image = buildah("pull", "-q", f"oci:{busybox_layout}:v1").stdout.strip()
    buildah("push", "-q", "--tls-verify=false", *credentials, image, base)
    (context / "Dockerfile").write_text(f"FROM {any_auth_server.address}/base:v1\nCOPY file /file\n")
    buildah("bud", "-q", "--tls-verify=false", *credentials, "-t", "built", context)
    name = f"docker://{any_auth_server.address}/built:v1"
    buildah("push", "-q", "--tls-verify=false", *credentials, "built", name)
    buildah("rmi", "-a", "-f")
    pulled = buildah("pull", "-q", "--tls-verify=false", *credentials, name).stdout.strip()
    assert len(pulled) == 64
