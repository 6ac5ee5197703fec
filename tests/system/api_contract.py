"""Every answer of /api/v1 that a test sees through Python's HTTP client is checked against the OpenAPI document.

The document is what the program itself serves. An answer breaks the contract when its route is not in the document, when its body
does not fit the schema, or when it has members that the schema does not name. conftest.py switches the check on for all tests.
"""

import http.client
import io
import json
import pathlib
import re
import tempfile
import urllib.request

import jsonschema

from machine import CangServer, running

PREFIX = "/api/v1/"


class ContractBroken(AssertionError):
    pass


def merged(schema, schemas):
    """One object with the members of everything that allOf combines."""
    whole = {"type": "object", "properties": {}, "required": []}
    for part in [*schema["allOf"], {key: value for key, value in schema.items() if key != "allOf"}]:
        if "$ref" in part:
            part = schemas[part["$ref"].rsplit("/", 1)[1]]
        if "allOf" in part:
            part = merged(part, schemas)
        whole["properties"] |= part.get("properties", {})
        whole["required"] += part.get("required", [])
    return whole


def closed(schema, schemas):
    """The same schema, refusing members that it does not name."""
    if isinstance(schema, list):
        return [closed(item, schemas) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        schema = merged(schema, schemas)
    copy = {key: closed(value, schemas) for key, value in schema.items()}
    if isinstance(copy.get("properties"), dict) and "type" in copy:
        copy.setdefault("additionalProperties", False)
    return copy


class Contract:
    def __init__(self, document, routes):
        schemas = document["components"]["schemas"]
        self.document = {**document, "components": {**document["components"], "schemas": closed(schemas, schemas)}}
        self.operations = {operation["operationId"]: operation
                           for item in document["paths"].values() for operation in item.values()}
        ordered = sorted(routes, key=lambda route: self.rank_of(route["path"]))
        self.routes = [(route["method"], self.pattern_of(route["path"]), route["name"]) for route in ordered]

    @staticmethod
    def rank_of(path):
        """As the router does it: the path with more literal segments first, then the one without {x...}."""
        segments = path.split("/")
        return -sum("{" not in segment for segment in segments), "...}" in path, -len(segments)

    @staticmethod
    def pattern_of(path):
        parts = re.split(r"(\{[^}]*\})", path)
        wild = {True: "(?:.+)", False: "(?:[^/]+)"}
        return re.compile("".join(wild["..." in part] if part.startswith("{") else re.escape(part) for part in parts))

    def find(self, method, path):
        path = path.split("?")[0]
        known = [name for asked, pattern, name in self.routes if asked == method and pattern.fullmatch(path)]
        return known[0] if known else None

    def check(self, method, path, status, content_type, body):
        name = self.find(method, path)
        where = f"{method} {path} ({name}) answered {status}"
        if name is None:
            if status not in (404, 405):
                raise ContractBroken(f"{where}, and no documented route is this")
            return self.check_problem(where, content_type, body)
        if name not in self.operations:
            raise ContractBroken(f"{where}, and the document has no such operation")
        if status == 304:
            return None
        # A range is a part of what 200 would be.
        response = self.operations[name]["responses"].get("200" if status == 206 else str(status))
        if response is None:
            if status < 400:
                raise ContractBroken(f"{where}, which is not documented")
            return self.check_problem(where, content_type, body)
        return self.check_body(where, response.get("content", {}), content_type, body)

    def check_body(self, where, content, content_type, body):
        if not content:
            if body:
                raise ContractBroken(f"{where} with a body that is not documented: {body[:200]!r}")
            return
        if "application/json" not in content:
            return
        if content_type != "application/json":
            raise ContractBroken(f"{where} as {content_type}, not as application/json")
        self.check_schema(where, content["application/json"]["schema"], json.loads(body))

    def check_problem(self, where, content_type, body):
        if content_type != "application/problem+json":
            raise ContractBroken(f"{where} with no problem document but {content_type}: {body[:200]!r}")
        self.check_schema(where, {"$ref": "#/components/schemas/Problem"}, json.loads(body))

    def check_schema(self, where, schema, value):
        validator = jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver.from_schema(self.document))
        for problem in validator.iter_errors(value):
            raise ContractBroken(f"{where}, and {'/'.join(map(str, problem.absolute_path)) or 'the document'}: {problem.message[:500]}")


def fetch_json(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


class Watcher:
    """Looks at the answers that http.client, and urllib above it, receives."""

    def __init__(self):
        self.contract = None
        self.asking = False  # for the document itself
        self.checked = 0

    def get_contract(self):
        if self.contract is None:
            self.asking = True
            with tempfile.TemporaryDirectory() as directory, running(CangServer(pathlib.Path(directory))) as server:
                routes = fetch_json(server.url + "/api/v1/routes")["items"]
                self.contract = Contract(fetch_json(server.url + "/api/v1/openapi.json"), routes)
            self.asking = False
        return self.contract

    def look_at(self, method, path, response):
        # A proxy is told the whole URL.
        path = re.sub(r"^https?://[^/]+", "", path)
        if self.asking or method == "HEAD" or not path.startswith(PREFIX):
            return
        documented = response.getheader("Content-Type", "").split(";")[0]
        if "json" in documented or response.length == 0:
            body = response.read()
            response.fp, response.length, response.chunked = io.BytesIO(body), len(body), False
        else:
            body = b"not read"
        self.get_contract().check(method, path, response.status, documented, body)
        self.checked += 1

    def install(self, patch):
        putrequest, getresponse = http.client.HTTPConnection.putrequest, http.client.HTTPConnection.getresponse

        def remember(connection, method, url, *arguments, **options):
            connection.asked = method, url
            return putrequest(connection, method, url, *arguments, **options)

        def receive(connection):
            response = getresponse(connection)
            self.look_at(*connection.asked, response)
            return response

        patch.setattr(http.client.HTTPConnection, "putrequest", remember)
        patch.setattr(http.client.HTTPConnection, "getresponse", receive)
