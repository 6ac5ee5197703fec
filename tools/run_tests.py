#!/usr/bin/env python3
"""Runs every test of the project and ends with one line: N passed, N failed, N skipped.

Stages, each of which goes on when an earlier one failed: lint, unit and contract tests (ASan, UBSan), the concurrent suites
(TSan), fuzz targets, UI tests, system tests that drive the real binary. A stage that cannot be built counts as one failure.
"""

import concurrent.futures
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUZZ_SECONDS = os.environ.get("FUZZ_SECONDS", "10")

# Test programs whose code runs on several threads.
CONCURRENT = ["async_test", "content_test", "http_test", "sql_test", "place_warehouse_test", "registry_test", "operation_test",
              "socketio_test", "api_live_test"]


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.skip_reasons = []
        self.failures = []

    def fail(self, name, detail=""):
        self.failed += 1
        self.failures.append(name)
        print(f"FAILED {name}\n{detail}", flush=True)

    def skip(self, name, reason):
        self.skipped += 1
        self.skip_reasons.append(f"{name}: {reason}")


def run(command, timeout=3600, cwd=ROOT, **options):
    try:
        return subprocess.run(command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, **options)
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
        text = output.decode(errors="replace") if isinstance(output, bytes) else output
        return subprocess.CompletedProcess(command, 124, text + f"\nstopped after {timeout} s")


def tail(text, lines=80):
    return "\n".join(text.splitlines()[-lines:])


def lint(tally):
    result = run(["tools/lint.sh"])
    for line in result.stdout.splitlines():
        if line.startswith("lint: ") and line.endswith(" ok"):
            tally.passed += 1
            print(line)
        elif line.startswith("lint: ") and line.endswith(" FAILED"):
            tally.fail(line, tail(result.stdout))


def build(tally, preset, targets=()):
    configure = run(["cmake", "--preset", preset])
    if configure.returncode:
        tally.fail(f"configure {preset}", tail(configure.stdout))
        return False
    command = ["cmake", "--build", "--preset", preset]
    if targets:
        command += ["--target", *targets]
    result = run(command)
    if result.returncode:
        tally.fail(f"build {preset}", tail(result.stdout))
    return result.returncode == 0


def sanitizer_environment(preset):
    """ThreadSanitizer names functions, and with them knows what is suppressed, only with a symbolizer at hand."""
    symbolizer = shutil.which("llvm-symbolizer-19") or shutil.which("llvm-symbolizer")
    if preset != "tsan" or not symbolizer:
        return dict(os.environ)
    given = os.environ.get("TSAN_OPTIONS", "halt_on_error=0")
    return dict(os.environ, TSAN_OPTIONS=f"{given} external_symbolizer_path={symbolizer}")


def count_junit(tally, report, prefix):
    """Takes the cases of a JUnit report, as GoogleTest and pytest write it; how many there were."""
    cases = list(xml.parse(report).getroot().iter("testcase"))
    for case in cases:
        title = f"{prefix}{case.get('classname')}.{case.get('name')}"
        problem = case.find("failure") if case.find("failure") is not None else case.find("error")
        skipped = case.find("skipped")
        if problem is not None:
            tally.fail(title, problem.get("message", ""))
        elif skipped is not None:
            lines = skipped.get("message", "").strip().splitlines()
            tally.skip(title, lines[-1] if lines else "no reason given")
        else:
            tally.passed += 1
    return len(cases)


def run_gtest(program, environment, scratch):
    report = pathlib.Path(scratch) / f"{program.name}.xml"
    result = run([str(program), f"--gtest_output=xml:{report}", "--gtest_brief=1"], timeout=900, env=environment)
    return program.name, result, report


def gtests(tally, preset, programs):
    environment = sanitizer_environment(preset)
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(run_gtest, programs, itertools.repeat(environment), itertools.repeat(scratch))
        for name, result, report in runs:
            before = tally.failed
            cases = count_junit(tally, report, f"{preset}/{name}/") if report.exists() else 0
            if (result.returncode or not cases) and tally.failed == before:
                tally.fail(f"{preset}/{name} ended with {result.returncode} after {cases} cases", tail(result.stdout))


def unit(tally):
    if build(tally, "dev"):
        gtests(tally, "dev", sorted((ROOT / "build/dev").rglob("*_test")))


def tsan(tally):
    if build(tally, "tsan", CONCURRENT):
        gtests(tally, "tsan", [ROOT / "build/tsan" / name for name in CONCURRENT])


def fuzz(tally):
    if not build(tally, "fuzz"):
        return
    result = run(["tools/run_fuzz.sh", "build/fuzz/fuzz", FUZZ_SECONDS])
    for line in result.stdout.splitlines():
        if line.startswith("fuzz: "):
            print(line)
            if line.endswith("FAILED"):
                tally.fail(line, tail(result.stdout))
            else:
                tally.passed += 1


def pytest(tally, folder):
    report = ROOT / "build/pytest.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    environment = dict(os.environ, CANG_BINARY=str(ROOT / "build/dev/cang"), PYTHONDONTWRITEBYTECODE="1")
    result = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", folder],
                 env=environment)
    print(tail(result.stdout, 25))
    if not report.exists():
        tally.fail(f"{folder} did not run", tail(result.stdout))
        return
    count_junit(tally, report, "")


def ui(tally):
    """The web UI: style, types, units, the size of what a browser loads first, and every flow in a real browser."""
    folder = ROOT / "ui"
    for name in ("lint", "type-check", "build"):
        result = run(["npm", "run", "--silent", name], cwd=folder)
        if result.returncode:
            tally.fail(f"ui: {name}", tail(result.stdout))
        else:
            tally.passed += 1
    report = ROOT / "build/vitest.xml"
    report.unlink(missing_ok=True)
    result = run(["npx", "vitest", "run", "--reporter=junit", f"--outputFile={report}"], cwd=folder)
    if not report.exists() or not count_junit(tally, report, "ui/"):
        tally.fail("ui: the unit tests did not run", tail(result.stdout))
    if build(tally, "dev", ["cang"]):
        end_to_end(tally, folder)


def end_to_end(tally, folder):
    """Every flow of the web UI, in Chromium, against the real binary and a second registry."""
    report = ROOT / "build/playwright.xml"
    report.unlink(missing_ok=True)
    environment = dict(os.environ, CANG_BINARY=str(ROOT / "build/dev/cang"), JUNIT=str(report))
    result = run(["npx", "playwright", "test"], cwd=folder, timeout=1500, env=environment)
    if not report.exists() or not count_junit(tally, report, "ui/"):
        tally.fail("ui: the end-to-end tests did not run", tail(result.stdout))


def tools(tally):
    pytest(tally, "tools/checks_test.py")


def system(tally):
    if build(tally, "dev", ["cang"]):
        pytest(tally, "tests/system")


STAGES = {"tools": tools, "lint": lint, "unit": unit, "tsan": tsan, "fuzz": fuzz, "ui": ui, "system": system}


def main() -> int:
    wanted = sys.argv[1:] or list(STAGES)
    tally = Tally()
    for name in wanted:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        STAGES[name](tally)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    for reason in tally.skip_reasons:
        print(f"skipped {reason}")
    for name in tally.failures:
        print(f"failed {name}")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
