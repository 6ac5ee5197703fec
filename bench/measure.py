"""Interleaved runs, medians, ratios."""

import os
import resource
import statistics
import subprocess
import time


class Sample(dict):
    """Figures of one run by name."""


def run_client(command, servers=(), **options):
    """Runs `command`; wall and CPU seconds of the client and CPU seconds of the servers."""
    before = [server.cpu_seconds() for server in servers]
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    wall = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode:
        raise RuntimeError(f"{command}: {result.stderr.decode(errors='replace')[-2000:]}")
    client = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    server = sum(s.cpu_seconds() - b for s, b in zip(servers, before))
    return Sample(wall=wall, client_cpu=client, server_cpu=server, total_cpu=client + server)


def interleave(rounds, contestants):
    """contestants: name -> function() -> Sample, run A B A B …; name -> medians."""
    samples = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            samples[name].append(run())
            os.sync()
    return {name: Sample({key: statistics.median(s[key] for s in runs) for key in runs[0]}) for name, runs in samples.items()}


class Table:
    """Collected rows: what, ours, peer's, ratio, target."""

    def __init__(self):
        self.rows = []

    def add(self, what, ours, peer_name, peer, target, unit="s", at_most=True):
        ratio = ours / peer if peer else float("inf")
        reached = ratio <= target if at_most else ratio >= target
        sign = "≤" if at_most else "≥"
        self.rows.append((what, f"{ours:.3g} {unit}", f"{peer_name} {peer:.3g} {unit}", f"{ratio:.2f} ×",
                          f"{sign} {target:g} ×", "yes" if reached else "NO"))
        self._print(self.rows[-1])

    def add_absolute(self, what, value, unit, target, note=""):
        self.rows.append((what, f"{value:.3g} {unit}", note, "", f"≤ {target:g} {unit}", "yes" if value <= target else "NO"))
        self._print(self.rows[-1])

    @staticmethod
    def _print(row):
        print(" | ".join(row), flush=True)

    def markdown(self):
        head = "| work | Cang | peer | ratio | to reach | reached |\n|---|---|---|---|---|---|\n"
        return head + "".join("| " + " | ".join(row) + " |\n" for row in self.rows)
