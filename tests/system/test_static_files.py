"""The web UI's files as the program embeds them; without them, the page that says how to build them."""

import re

from distribution import Client

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_unknown_paths_keep_the_errors_of_their_face(server):
    client = Client(server.address)
    for path, media_type in (("/v2/nothing/at/all", "application/json"), ("/api/v1/nothing", "application/problem+json")):
        status, headers, _ = client.request("GET", path, headers=BROWSER)
        assert (status, headers["Content-Type"]) == (404, media_type), path
    assert client.request("GET", "/assets/missing.js")[0] == 404


def test_the_front_page_and_deep_links(server):
    client = Client(server.address)
    status, headers, page = client.request("GET", "/", headers=BROWSER)
    assert status == 200
    if headers["Content-Type"].startswith("text/plain"):
        assert b"make build" in page
        return
    assert "script-src 'self'" in headers["Content-Security-Policy"] and headers["Cache-Control"] == "no-cache"
    assert client.request("GET", "/", headers={"If-None-Match": headers["ETag"]})[0] == 304
    assert client.request("GET", "/images/library/nginx/-/1.27.3", headers=BROWSER)[2] == page
    for script in re.findall(rb'"(/assets/[^"]+\.js)"', page):
        _, headers, _ = client.request("GET", script.decode(), headers={"Accept-Encoding": "gzip"}, expect=(200,))
        assert headers["Content-Encoding"] == "gzip" and "immutable" in headers["Cache-Control"]


def test_the_documentation_page_has_all_its_parts(server):
    client = Client(server.address)
    _, headers, page = client.request("GET", "/api/v1/docs", expect=(200,))
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    for part in re.findall(rb'(?:src|href)="(docs/[^"]+)"', page):
        client.request("GET", "/api/v1/" + part.decode(), expect=(200,))
