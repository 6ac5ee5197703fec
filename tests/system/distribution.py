"""A small, strict client of the distribution API, for what the command-line clients do not do."""

import base64
import hashlib
import http.client
import json
import urllib.parse

from images import INDEX, MANIFEST


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body[:500]!r}")
        self.status = status
        self.body = body


class Client:
    def __init__(self, address, user=None, password=None, timeout=60):
        self.address = address
        self.connection = http.client.HTTPConnection(address, timeout=timeout)
        self.headers = {}
        if user:
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {token}"

    def close(self):
        self.connection.close()

    def request(self, method, path, body=None, headers=None, expect=()):
        self.connection.request(method, path, body=body, headers={**self.headers, **(headers or {})})
        response = self.connection.getresponse()
        data = response.read()
        if expect and response.status not in expect:
            raise Refused(response.status, data)
        return response.status, response.headers, data

    def has_blob(self, repository, digest):
        status, _, _ = self.request("HEAD", f"/v2/{repository}/blobs/{digest}", expect=(200, 404))
        return status == 200

    def push_blob(self, repository, digest, data):
        _, headers, _ = self.request("POST", f"/v2/{repository}/blobs/uploads/", expect=(202,))
        location = headers["Location"]
        if location.startswith("http"):
            parts = urllib.parse.urlsplit(location)
            location = parts.path + ("?" + parts.query if parts.query else "")
        mark = "&" if "?" in location else "?"
        self.request(
            "PUT",
            f"{location}{mark}digest={urllib.parse.quote(digest)}",
            body=data,
            headers={"Content-Type": "application/octet-stream"},
            expect=(201,),
        )

    def put_manifest(self, repository, reference, manifest, media_type=MANIFEST):
        self.request(
            "PUT", f"/v2/{repository}/manifests/{reference}", body=manifest,
            headers={"Content-Type": media_type}, expect=(201,),
        )

    def push_image(self, repository, tag, image):
        for digest, data in image.blobs.items():
            if not self.has_blob(repository, digest):
                self.push_blob(repository, digest, data)
        self.put_manifest(repository, tag, image.manifest)

    def find_manifest(self, repository, reference):
        status, headers, data = self.request(
            "GET", f"/v2/{repository}/manifests/{reference}", headers={"Accept": f"{MANIFEST}, {INDEX}, */*"}, expect=(200, 404)
        )
        if status == 404:
            return None
        assert headers["Docker-Content-Digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
        return data

    def get_blob(self, repository, digest):
        _, _, data = self.request("GET", f"/v2/{repository}/blobs/{digest}", expect=(200,))
        return data

    def check_whole(self, repository, reference):
        """The manifest and all it names are there and are what they claim; returns the manifest's digest."""
        data = self.find_manifest(repository, reference)
        assert data is not None, f"{repository}:{reference} is gone"
        manifest = json.loads(data)
        for descriptor in manifest.get("layers", []) + ([manifest["config"]] if "config" in manifest else []):
            blob = self.get_blob(repository, descriptor["digest"])
            assert "sha256:" + hashlib.sha256(blob).hexdigest() == descriptor["digest"], (repository, reference)
        for child in manifest.get("manifests", []):
            self.check_whole(repository, child["digest"])
        return "sha256:" + hashlib.sha256(data).hexdigest()

    def delete(self, repository, reference):
        status, _, _ = self.request("DELETE", f"/v2/{repository}/manifests/{reference}", expect=(202, 404))
        return status == 202

    def tags(self, repository):
        status, _, data = self.request("GET", f"/v2/{repository}/tags/list", expect=(200, 404))
        return json.loads(data)["tags"] if status == 200 else []
