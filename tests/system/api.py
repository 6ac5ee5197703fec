"""A client of the server's own API, for tests: JSON in, JSON out, and operations followed to their end."""

import http.client
import json

from machine import wait_until


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    def json(self):
        return json.loads(self.body)


class Api:
    def __init__(self, server):
        self.server = server

    def send(self, method, path, body=None, headers=None, expect=None):
        connection = http.client.HTTPConnection(self.server.address, timeout=60)
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, "/api/v1" + path, body=body, headers=headers)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        finally:
            connection.close()
        if expect:
            assert answer.status == expect, f"{method} {path}: {answer.status} {answer.body[:1000]!r}"
        return answer

    def get(self, path):
        return self.send("GET", path, expect=200).json()

    def post(self, path, body, expect=202):
        return self.send("POST", path, body, expect=expect).json()

    def add_registry(self, address):
        """Makes the server reach the registry at the address by plain HTTP."""
        self.post("/registries", {"name": address, "url": f"http://{address}"}, expect=201)

    def operation(self, identity):
        return self.get(f"/operations/{identity}")

    def finish(self, operation, seconds=120):
        """Waits for the end of an operation and returns it."""
        final = ("succeeded", "failed", "cancelled", "interrupted")
        ended = wait_until(lambda: (found := self.operation(operation["id"]))["state"] in final and found, seconds,
                           f"{operation['title']} ends")
        return ended

    def succeed(self, operation, seconds=120):
        ended = self.finish(operation, seconds)
        assert ended["state"] == "succeeded", f"{ended}\n{self.log(ended)}"
        return ended["result"]

    def events(self, operation):
        return self.get(f"/operations/{operation['id']}/events")["items"]

    def states(self, operation):
        return [event["payload"]["state"] for event in self.events(operation) if event["kind"] == "state"]

    def log(self, operation):
        return "\n".join(event["payload"]["line"] for event in self.events(operation) if event["kind"] == "log")

    def upload(self, path, name="saved.tar"):
        """Uploads a file in two pieces; returns its id."""
        data = path.read_bytes()
        identity = self.post("/uploads", {"name": name, "size": len(data)}, expect=201)["id"]
        half = len(data) // 2
        for start, piece in ((0, data[:half]), (half, data[half:])):
            self.send("PATCH", f"/uploads/{identity}", piece, {"Upload-Offset": str(start)}, expect=204)
        return identity
