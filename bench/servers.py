"""The servers under measurement, each on a free loopback port with a directory of its own, and what they cost."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _children(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    pids = [int(word) for word in text.split()]
    return pids + [grandchild for child in pids for grandchild in _children(child)]


class Server:
    """One started process: url, CPU seconds so far, resident memory, stop()."""

    name = "server"
    ready_path = "/v2/"

    def __init__(self, root):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=root))
        self.port = free_port()
        self.url = f"127.0.0.1:{self.port}"
        self.log = open(self.root / "log", "wb")
        self.process = None
        self.first_answer_ms = 0.0
        self.start()

    def command(self):
        raise NotImplementedError

    def start(self):
        begun = time.monotonic()
        self.process = subprocess.Popen(self.command(), stdout=self.log, stderr=self.log, cwd=self.root)
        deadline = begun + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.url}{self.ready_path}", timeout=5):
                    break
            except urllib.error.HTTPError:
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} did not start: {(self.root / 'log').read_text()[-2000:]}")
                time.sleep(0.001)
        self.first_answer_ms = (time.monotonic() - begun) * 1000

    def pids(self):
        return [self.process.pid] + _children(self.process.pid)

    def cpu_seconds(self):
        total = 0
        for pid in self.pids():
            try:
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def _status_kib(self, key):
        total = 0
        for pid in self.pids():
            try:
                for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith(key + ":"):
                        total += int(line.split()[1])
            except OSError:
                continue
        return total

    def rss_mb(self):
        return self._status_kib("VmRSS") / 1024

    def peak_rss_mb(self):
        return self._status_kib("VmHWM") / 1024

    def reset_peak(self):
        for pid in self.pids():
            pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Cang(Server):
    name = "cang"
    ready_path = "/readyz"

    def __init__(self, root, binary, data=None):
        self.binary = str(binary)
        self.data = data
        super().__init__(root)

    def command(self):
        data = self.data or self.root / "data"
        return [self.binary, "serve", "--data", str(data), "--listen", self.url, "--auth", "none", "--anonymous", "push",
                "--log-level", "warn"]


class DockerRegistry(Server):
    name = "docker-registry"

    def command(self):
        config = self.root / "config.yml"
        config.write_text(f"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
                          f"storage: {{filesystem: {{rootdirectory: {self.root}/data}}, delete: {{enabled: true}}}}\n"
                          f"http: {{addr: '{self.url}'}}\n")
        return ["docker-registry", "serve", str(config)]


class Nginx(Server):
    """Static files below `content`."""

    name = "nginx"
    ready_path = "/"

    def __init__(self, root, content):
        self.content = pathlib.Path(content)
        super().__init__(root)

    def command(self):
        config = self.root / "nginx.conf"
        config.write_text(f"""
daemon off; worker_processes auto; pid {self.root}/pid; error_log {self.root}/error.log; user root;
events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=1000;
  client_body_temp_path {self.root}; proxy_temp_path {self.root}; fastcgi_temp_path {self.root};
  uwsgi_temp_path {self.root}; scgi_temp_path {self.root};
  server {{ listen {self.url}; root {self.content}; }} }}
""")
        return ["/usr/sbin/nginx", "-c", str(config), "-p", str(self.root)]
