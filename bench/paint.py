"""How long the web UI takes to show something, with a full warehouse."""

import pathlib
import statistics
import subprocess

from scale import fill
from servers import Cang

PASSWORD = "a password of the bench"
LOADS = 5


class CangWithAccount(Cang):
    """The same, for those who sign in."""

    def command(self):
        password = self.root / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        return [self.binary, "serve", "--data", str(self.data), "--listen", self.url, "--auth", "token",
                "--admin-password-file", str(password), "--log-level", "warn"]


def paint(bench):
    """First contentful paint of the images, signed in, nothing cached: 10,000 repositories with 10 tags each."""
    repositories = int(10_000 * min(1.0, bench.scale))
    data = bench.scratch / "many"
    with Cang(bench.scratch, bench.binary, data) as server:
        fill(server, repositories, 10)
    with CangWithAccount(bench.scratch, bench.binary, data) as server:
        script = pathlib.Path(__file__).with_name("paint.mjs")
        result = subprocess.run(["node", script, f"http://{server.url}", "/images", PASSWORD, str(LOADS)],
                                capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{script}: {result.stderr[-2000:]}")
    times = [float(line) for line in result.stdout.split()]
    bench.table.add_absolute(f"first contentful paint of /images, {repositories * 10} images",
                             statistics.median(times), "ms", 1000)
