"""A session, and clients of the live topics as plain sockets: those that read and those that never do."""

import json
import os
import select
import socket
import struct
import urllib.request

from machine import ADMIN_PASSWORD


def sign_in(url, context=None):
    """The Set-Cookie header of a new session."""
    body = json.dumps({"user": "admin", "password": ADMIN_PASSWORD}).encode()
    request = urllib.request.Request(url + "/api/v1/session", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30, context=context) as response:
        assert json.load(response)["signedIn"]
        return response.headers["Set-Cookie"]


class LiveSocket:
    """Connected to the namespace over a WebSocket; what it does not read stays in the way."""

    def __init__(self, port, cookie, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        self.bytes = b""
        while b"\r\n\r\n" not in self.bytes:
            self._fill()
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101"), head
        assert self.receive().startswith("0")
        self.send("40")
        assert self.receive().startswith("40{")

    def send(self, text):
        self.socket.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode())

    def _fill(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the server closed the connection")
        self.bytes += got

    def receive(self):
        """The text of the next frame; pings are answered."""
        while True:
            while len(self.bytes) < 2 or len(self.bytes) < self._size():
                self._fill()
            size = self._size()
            frame, self.bytes = self.bytes[:size], self.bytes[size:]
            text = frame[self._header:].decode()
            if frame[0] & 0x0F == 8:
                raise ConnectionError("the server ended the WebSocket")
            if text != "2":
                return text
            self.send("3")

    def _size(self):
        length = self.bytes[1] & 0x7F
        self._header = 2 + {126: 2, 127: 8}.get(length, 0)
        if len(self.bytes) < self._header:
            return self._header
        if length == 126:
            length = struct.unpack(">H", self.bytes[2:4])[0]
        elif length == 127:
            length = struct.unpack(">Q", self.bytes[2:10])[0]
        return self._header + length

    def close(self):
        self.socket.close()


def is_cut(client):
    """Whether the server has ended the connection of a client that never reads; leaves what there is to read."""
    poller = select.poll()
    poller.register(client.socket, select.POLLRDHUP)
    return bool(poller.poll(0))


def resident_mb(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
