"""Images to measure with: OCI layouts made once under build/bench, the same bytes on every machine."""

import hashlib
import io
import json
import os
import pathlib
import random
import tarfile
import zlib
from concurrent.futures import ProcessPoolExecutor

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
MB = 1000 * 1000


def _file_bytes(rng, size):
    """About half incompressible, as programs and libraries are."""
    out = bytearray()
    words = [rng.randbytes(rng.randint(3, 12)) for _ in range(64)]
    while len(out) < size:
        out += rng.randbytes(16 * 1024)
        out += b"".join(rng.choices(words, k=4900))
    return bytes(out[:size])


def make_layer(directory, seed, raw_bytes):
    """Writes one gzip layer; returns its descriptor and diff ID."""
    rng = random.Random(seed)
    diff, packed = hashlib.sha256(), hashlib.sha256()
    temporary = pathlib.Path(directory) / f".layer-{seed}"
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    size = 0

    with open(temporary, "wb") as output:

        class Sink(io.RawIOBase):
            def writable(self):
                return True

            def write(self, data):
                nonlocal size
                diff.update(data)
                piece = compressor.compress(data)
                packed.update(piece)
                size += output.write(piece)
                return len(data)

        with tarfile.open(fileobj=Sink(), mode="w|", format=tarfile.USTAR_FORMAT) as tar:
            left, number = raw_bytes, 0
            while left > 0:
                length = min(left, rng.choice([4096, 65536, 1 << 20, 4 << 20]))
                entry = tarfile.TarInfo(f"usr/lib/layer{seed}/file{number}")
                entry.size = length
                tar.addfile(entry, io.BytesIO(_file_bytes(rng, length)))
                left -= length
                number += 1
        piece = compressor.flush()
        packed.update(piece)
        size += output.write(piece)
    blob = pathlib.Path(directory) / "blobs/sha256" / packed.hexdigest()
    os.replace(temporary, blob)
    return {"mediaType": LAYER, "digest": "sha256:" + packed.hexdigest(), "size": size}, "sha256:" + diff.hexdigest()


def _put(directory, text):
    digest = hashlib.sha256(text).hexdigest()
    (pathlib.Path(directory) / "blobs/sha256" / digest).write_bytes(text)
    return digest


def make_image(directory, layers):
    """Manifest descriptor of an image with these (descriptor, diff ID) layers."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
                         "rootfs": {"type": "layers", "diff_ids": [diff for _, diff in layers]}}).encode()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST,
                           "config": {"mediaType": CONFIG, "digest": "sha256:" + _put(directory, config), "size": len(config)},
                           "layers": [descriptor for descriptor, _ in layers]}).encode()
    return {"mediaType": MANIFEST, "digest": "sha256:" + _put(directory, manifest), "size": len(manifest)}


def layout(directory, images):
    """Ends the layout: `images` maps ref names to manifest descriptors."""
    directory = pathlib.Path(directory)
    (directory / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    entries = [dict(descriptor, annotations={"org.opencontainers.image.ref.name": name}) for name, descriptor in images.items()]
    (directory / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": entries}))


def _cached(directory, make):
    directory = pathlib.Path(directory)
    if not (directory / "index.json").exists():
        (directory / "blobs/sha256").mkdir(parents=True, exist_ok=True)
        make(directory)
    return directory


def fat(root, scale=1.0):
    """8 layers, about 760 MB compressed and 1.6 GB raw at scale 1."""
    sizes = [int(mb * scale * MB) for mb in (420, 330, 250, 200, 160, 110, 70, 37)]

    def make(directory):
        with ProcessPoolExecutor(2) as pool:
            layers = list(pool.map(make_layer, [directory] * len(sizes), range(len(sizes)), sizes))
        layout(directory, {"latest": make_image(directory, layers)})

    return _cached(pathlib.Path(root) / f"fat-{scale}", make)


def fleet(root, scale=1.0):
    """8 images over shared bases, about 850 MB of unique blobs at scale 1."""
    count, base_mb, own_mb = 8, 300, 180

    def make(directory):
        seeds = range(100, 102 + count)
        sizes = [int((base_mb if seed < 102 else own_mb) * scale * MB) for seed in seeds]
        with ProcessPoolExecutor(2) as pool:
            layers = list(pool.map(make_layer, [directory] * len(sizes), seeds, sizes))
        images = {f"image{i}": make_image(directory, [layers[i % 2], layers[2 + i]]) for i in range(count)}
        layout(directory, images)

    return _cached(pathlib.Path(root) / f"fleet-{scale}", make)


def blob_of(layout_directory):
    """Path of the layout's largest blob."""
    blobs = sorted((pathlib.Path(layout_directory) / "blobs/sha256").iterdir(), key=lambda p: p.stat().st_size)
    return blobs[-1]


__all__ = ["fat", "fleet", "blob_of"]
