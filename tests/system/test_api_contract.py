"""The OpenAPI document is valid, tells of every route, and the check of all answers against it does catch what is wrong."""

import copy
import subprocess

import pytest

from api_contract import Contract, ContractBroken, fetch_json
from distribution import Client


@pytest.fixture
def document(server):
    return fetch_json(server.url + "/api/v1/openapi.json")


@pytest.fixture
def routes(server):
    return fetch_json(server.url + "/api/v1/routes")["items"]


def test_the_document_is_valid_openapi(server, clients):
    _, _, text = Client(server.address).request("GET", "/api/v1/openapi.json", expect=(200,))
    result = subprocess.run(["node", "validate_openapi.mjs"], cwd=clients, input=text, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout == b"OpenAPI 3.1\n"


def test_every_route_is_in_the_document(document, routes):
    documented = {operation["operationId"] for item in document["paths"].values() for operation in item.values()}
    assert documented == {route["name"] for route in routes}
    for route in routes:
        item = document["paths"][route["path"].replace("...}", "}")]
        assert item[route["method"].lower()]["operationId"] == route["name"]


def test_answers_are_checked_without_being_asked_for(server, api_contract):
    before = api_contract.checked
    client = Client(server.address)
    status, _, body = client.request("GET", "/api/v1/storage")
    assert status == 200 and body.startswith(b"{"), "a checked answer is still to be read"
    assert client.request("GET", "/api/v1/nothing")[0] == 404
    assert client.request("GET", "/v2/")[0] == 200
    assert api_contract.checked == before + 2


def test_a_route_that_the_document_lacks_is_caught(document, routes):
    lacking = copy.deepcopy(document)
    del lacking["paths"]["/api/v1/storage"]
    with pytest.raises(ContractBroken, match="the document has no such operation"):
        Contract(lacking, routes).check("GET", "/api/v1/storage", 200, "application/json", b"{}")
    fewer = [route for route in routes if route["path"] != "/api/v1/storage"]
    with pytest.raises(ContractBroken, match="no documented route is this"):
        Contract(document, fewer).check("GET", "/api/v1/storage", 200, "application/json", b"{}")


STORAGE = b'{"objects":0,"bytes":0,"logicalBytes":0,"repositories":0,"tags":0,"manifests":0}'
PROBLEM = b'{"type":"about:blank","title":"t","status":500,"detail":"d","kind":"internal"}'


@pytest.mark.parametrize("status, content_type, body, complaint", [
    (200, "application/json", b'{"objects":0}', "'bytes' is a required property"),
    (200, "application/json", STORAGE.replace(b'"tags":0', b'"tags":"0"'), "tags: '0' is not of type 'integer'"),
    (200, "application/json", STORAGE.replace(b"{", b'{"more":1,'), "Additional properties are not allowed"),
    (200, "text/plain", STORAGE, "not as application/json"),
    (201, "application/json", STORAGE, "which is not documented"),
    (500, "application/json", PROBLEM, "no problem document"),
    (500, "application/problem+json", b'{"detail":"d"}', "is a required property"),
])
def test_answers_that_are_not_as_documented_are_caught(document, routes, status, content_type, body, complaint):
    contract = Contract(document, routes)
    contract.check("GET", "/api/v1/storage", 200, "application/json", STORAGE)
    contract.check("GET", "/api/v1/storage?a=1", 500, "application/problem+json", PROBLEM)
    with pytest.raises(ContractBroken, match=complaint):
        contract.check("GET", "/api/v1/storage", status, content_type, body)


def test_the_narrowest_route_is_found():
    def route(path):
        return {"method": "GET", "path": path, "name": path}

    paths = ["/api/v1/r", "/api/v1/r/{name...}", "/api/v1/r/{name...}/-/tags", "/api/v1/r/{name...}/-/tags/{tag}", "/api/v1/s/{id}",
             "/api/v1/s/new"]
    contract = Contract({"paths": {}, "components": {"schemas": {}}}, [route(path) for path in paths])
    assert contract.find("GET", "/api/v1/r/a/b/-/tags?limit=1") == "/api/v1/r/{name...}/-/tags"
    assert contract.find("GET", "/api/v1/r/a/b/-/tags/v1") == "/api/v1/r/{name...}/-/tags/{tag}"
    assert contract.find("GET", "/api/v1/r/a/b") == "/api/v1/r/{name...}"
    assert contract.find("GET", "/api/v1/s/new") == "/api/v1/s/new"
    assert contract.find("POST", "/api/v1/r") is None
