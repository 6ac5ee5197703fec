"""podman pushes to and pulls from the server."""

from machine import ADMIN_PASSWORD


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
