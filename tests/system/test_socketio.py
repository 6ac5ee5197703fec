"""Live events with the real socket.io clients, and the public protocol suites where SOCKETIO_SUITES names their folders."""

import contextlib
import os
import pathlib
import shutil
import subprocess

import pytest

from machine import BINARY, START_SECONDS

SERVER = BINARY.parent / "socketio_echo_server"


@contextlib.contextmanager
def echo_server(port=0):
    if not os.access(SERVER, os.X_OK):
        pytest.skip(f"{SERVER.name} is not built")
    process = subprocess.Popen([SERVER, str(port)], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(START_SECONDS)
    assert process.returncode == 0


@pytest.mark.parametrize("version", ["4.7", "4.8"])
def test_the_npm_client_connects_talks_and_reconnects(clients, version):
    with echo_server() as port:
        result = subprocess.run(
            ["node", "socketio_clients.mjs", f"http://127.0.0.1:{port}", f"socket.io-client-{version}"],
            cwd=clients, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") == 7, result.stdout


@pytest.mark.parametrize("suite", ["engine.io-protocol/v4-test-suite", "socket.io-protocol/v5-test-suite"])
def test_the_public_protocol_suite_passes(suite):
    folder = os.environ.get("SOCKETIO_SUITES")
    if not folder or not shutil.which("npx"):
        pytest.skip("SOCKETIO_SUITES does not name the docs folder of a checkout of socketio/socket.io")
    with echo_server(3000):  # the suites' own port
        result = subprocess.run(["npx", "mocha", "test-suite.js"], cwd=pathlib.Path(folder) / suite,
                                capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout
