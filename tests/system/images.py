"""Images made by Python, so that no test needs a network: OCI layouts with as many bytes as wanted."""

import gzip
import hashlib
import io
import json
import pathlib
import random
import tarfile

BUSYBOX = pathlib.Path("/bin/busybox")
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def noise(size, seed):
    """Bytes that no compressor makes smaller, the same for the same seed."""
    source = random.Random(seed)
    piece = 1 << 20  # randbytes() cannot make gigabytes at once
    return b"".join(source.randbytes(min(piece, size - start)) for start in range(0, size, piece))


def tar_of(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data, mode in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = mode
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def gzipped(data, level=1):
    return gzip.compress(data, level, mtime=0)


class Image:
    """An image in memory: manifest, config and layers by digest."""

    def __init__(self, files_of_layers, architecture="amd64", labels=None, command=None):
        self.blobs = {}
        layers = []
        diff_ids = []
        for files in files_of_layers:
            raw = tar_of(files)
            diff_ids.append(sha256(raw))
            layers.append(self._add(gzipped(raw), LAYER))
        config = {
            "architecture": architecture,
            "os": "linux",
            "created": "2026-01-02T03:04:05Z",
            "config": {"Cmd": command or ["/bin/sh"], "Labels": labels or {}},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": [{"created": "2026-01-02T03:04:05Z", "created_by": "test"} for _ in diff_ids],
        }
        self.config = self._add(json.dumps(config).encode(), CONFIG)
        self.layers = layers
        self.diff_ids = diff_ids
        self.architecture = architecture
        self.manifest = json.dumps(
            {"schemaVersion": 2, "mediaType": MANIFEST, "config": self.config, "layers": layers}
        ).encode()
        self.digest = sha256(self.manifest)

    def _add(self, data, media_type):
        digest = sha256(data)
        self.blobs[digest] = data
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    @property
    def descriptor(self):
        return {
            "mediaType": MANIFEST,
            "digest": self.digest,
            "size": len(self.manifest),
            "platform": {"architecture": self.architecture, "os": "linux"},
        }


def noise_image(size, seed, layers=1, **options):
    """`layers` layers of `size` incompressible bytes each."""
    return Image([[(f"data-{i}", noise(size, f"{seed}-{i}"), 0o644)] for i in range(layers)], **options)


def busybox_image(text="hello"):
    files = [("bin/busybox", BUSYBOX.read_bytes(), 0o755), ("bin/sh", BUSYBOX.read_bytes(), 0o755)]
    return Image([files, [("etc/message", text.encode(), 0o644)]], command=["/bin/busybox", "cat", "/etc/message"])


def index_of(images):
    return json.dumps(
        {"schemaVersion": 2, "mediaType": INDEX, "manifests": [image.descriptor for image in images]}
    ).encode()


def write_layout(directory, tagged):
    """tagged: tag -> Image, or a list of Images which become an index. Returns tag -> digest."""
    directory = pathlib.Path(directory)
    blobs = directory / "blobs/sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    (directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    entries = []
    digests = {}

    def store(data):
        (blobs / hashlib.sha256(data).hexdigest()).write_bytes(data)

    for tag, content in tagged.items():
        images = content if isinstance(content, list) else [content]
        for image in images:
            for data in image.blobs.values():
                store(data)
            store(image.manifest)
        if isinstance(content, list):
            document, media_type = index_of(content), INDEX
            store(document)
        else:
            document, media_type = content.manifest, MANIFEST
        digests[tag] = sha256(document)
        entries.append(
            {
                "mediaType": media_type,
                "digest": digests[tag],
                "size": len(document),
                "annotations": {"org.opencontainers.image.ref.name": tag},
            }
        )
    (directory / "index.json").write_text(
        json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
    )
    return digests


def check_layout(directory, tag=None):
    """Every blob of the layout is what its name says; returns the digest under the tag."""
    directory = pathlib.Path(directory)
    for path in (directory / "blobs/sha256").iterdir():
        if len(path.name) == 64:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name, path
    entries = json.loads((directory / "index.json").read_text())["manifests"]
    for entry in entries:
        _check_present(directory, entry)
    if tag is None:
        assert len(entries) == 1
        return entries[0]["digest"]
    named = [e for e in entries if e.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag]
    assert len(named) == 1, entries
    return named[0]["digest"]


def _check_present(directory, descriptor):
    path = directory / "blobs/sha256" / descriptor["digest"].removeprefix("sha256:")
    assert path.stat().st_size == descriptor["size"], descriptor
    if "manifest" in descriptor["mediaType"] or "index" in descriptor["mediaType"]:
        document = json.loads(path.read_bytes())
        children = document.get("manifests", []) + document.get("layers", [])
        for child in children + ([document["config"]] if "config" in document else []):
            _check_present(directory, child)
