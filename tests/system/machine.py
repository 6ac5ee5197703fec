"""Processes, ports and conditions with deadlines: what every system test stands on."""

import contextlib
import os
import pathlib
import resource
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("CANG_BINARY", ROOT / "build/dev/cang")).resolve()
ADMIN_PASSWORD = "correct horse battery"

# Nothing here takes seconds; a machine that also builds may be slow.
START_SECONDS = 30
COMMAND_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """Returns the condition's first true value; fails with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        pause.wait(0.01)


def clean_environment(home, **extra):
    """An environment in which no credentials, proxies or settings of the machine show through."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "TMPDIR": str(home)}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment.update(extra)
    return environment


def run(arguments, check=True, timeout=COMMAND_SECONDS, **options):
    result = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=timeout, **options)
    if check and result.returncode != 0:
        command = " ".join(str(a) for a in arguments)
        raise AssertionError(f"{command}\nexit {result.returncode}\n{result.stdout[-3000:]}\n{result.stderr[-6000:]}")
    return result


class Process:
    """A child that is ended by its id, whatever happens to the test."""

    def __init__(self, arguments, log, **options):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(
                [str(a) for a in arguments], stdout=output, stderr=output, stdin=subprocess.DEVNULL, **options
            )

    def is_running(self):
        return self.child.poll() is None

    def log_text(self):
        return self.log.read_text(errors="replace")[-6000:]

    def signal(self, number):
        if self.is_running():
            self.child.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.child.wait(timeout=30)

    def stop(self, seconds=30):
        self.signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {seconds} s\n{self.log_text()}") from None


def http_status(url, timeout=10):
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


class CangServer:
    """`cang serve` on a data directory; the same object starts again after a kill, on the same port."""

    def __init__(self, directory, *flags, data=None, environment=None, descriptors=None, prefix=()):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = pathlib.Path(data) if data else self.directory / "data"
        self.password_file = self.directory / "admin-password"
        self.password_file.write_text(ADMIN_PASSWORD + "\n")
        self.password_file.chmod(0o600)
        self.flags = flags or ("--auth", "none")
        self.environment = clean_environment(self.directory, **(environment or {}))
        self.descriptors = descriptors
        self.prefix = prefix  # a command that runs the server
        self.port = free_port()
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.address}"

    def start(self):
        limits = {}
        if self.descriptors:
            wanted = self.descriptors
            limits["preexec_fn"] = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
        self.process = Process(
            [*self.prefix, BINARY, "serve", "--data", self.data, "--listen", self.address, "--admin-password-file",
             self.password_file, *self.flags],
            self.directory / "server.log",
            env=self.environment,
            **limits,
        )
        wait_until(self._is_ready, START_SECONDS, "the server is ready")
        return self

    def _is_ready(self):
        assert self.process.is_running(), f"the server ended\n{self.process.log_text()}"
        return http_status(self.url + "/readyz") == 200

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    def is_alive(self):
        return self.process.is_running() and http_status(self.url + "/livez") == 200


@contextlib.contextmanager
def running(server):
    server.start()
    try:
        yield server
    finally:
        if server.process.is_running():
            server.kill()


def cang(*arguments, home, check=True, timeout=COMMAND_SECONDS, environment=None, **options):
    return run([BINARY, *arguments], check=check, timeout=timeout,
               env=clean_environment(home, **(environment or {})), **options)
