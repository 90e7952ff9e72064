"""Tells what failed in a run of the tests, from the event streams that Swift Testing wrote.

    summary.py count STREAM                 prints «PASSED FAILED» of one stream
    summary.py report RUN...                prints the closing block; a RUN is TARGET:STREAM:OUTPUT:STATUS

A test that had begun and not ended when its process died counts as failed. Environment: REPEAT holds the
command and options that repeat a single test, to which its filter is added.
"""

import json
import os
import re
import sys

SEED = re.compile(r"TEST_SEED=(\d+)")


class Run:
    """What one test process told of its tests."""

    def __init__(self, stream):
        self.tests = {}
        self.begun = set()
        self.ended = set()
        self.issues = {}
        for record in records(stream):
            payload = record["payload"]
            if record["kind"] == "test":
                self.tests[payload["id"]] = payload
            else:
                self.take(payload)

    def take(self, event):
        kind, test = event["kind"], event.get("testID", "")
        if kind == "testStarted":
            self.begun.add(test)
        elif kind == "testEnded":
            self.ended.add(test)
        elif kind == "issueRecorded" and event["issue"].get("isFailure", True) and not event["issue"]["isKnown"]:
            found = self.issues.setdefault(test, [])
            # An error that a parameterized test throws is told for the case and for the test.
            if not (found and found[-1]["issue"] == event["issue"] and found[-1]["messages"] == event["messages"]):
                found.append(event)

    def is_function(self, test):
        return self.tests.get(test, {}).get("kind") == "function"

    def location(self, test):
        return self.tests.get(test, {}).get("sourceLocation", {})

    @property
    def cut_off(self):
        return sorted(test for test in self.begun - self.ended if self.is_function(test))

    @property
    def failed(self):
        return sorted(set(self.issues) | set(self.cut_off))

    @property
    def passed(self):
        return [test for test in self.ended if self.is_function(test) and test not in self.issues]


def records(stream):
    """The stream's records; a process that died may have left the last line half written."""
    try:
        with open(stream, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue
    except FileNotFoundError:
        return


def name(run, test):
    info = run.tests.get(test, {})
    return info.get("displayName") or info.get("name") or test or "(no test)"


def suite(run, test):
    """The names of the suites around a test, the outermost first."""
    parts = test.split("/")
    around = ["/".join(parts[:count]) for count in range(1, len(parts))]
    names = [name(run, outer) for outer in around if outer in run.tests]
    return " › ".join(names) or (parts[0] if parts else "")


def place(location):
    path = location.get("filePath") or location.get("_filePath") or location.get("fileID", "?")
    return f"{os.path.relpath(path) if os.path.isabs(path) else path}:{location.get('line', '?')}"


def repeat(test, seeds):
    # TARGET.SUITE/test()/FILE:LINE:COLUMN; the filter is a regular expression.
    path = "/".join(test.split("/")[:-1]) if test.count("/") > 1 or "(" not in test else test
    seed = f"TEST_SEED={seeds[0]} " if seeds else ""
    return f"{seed}{os.environ.get('REPEAT', 'scripts/test')} --filter '^{re.escape(path)}'"


def last_words(output, count):
    """What the process said before it died: the fatal error and the signal, else its last lines."""
    try:
        with open(output, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except FileNotFoundError:
        return []
    found = re.findall(r".*Fatal error.*|exited with unexpected signal code \d+", text)
    return found or [line.rstrip() for line in text.splitlines() if line.strip()][-count:]


def indented(lines):
    return [f"            {line}" for text in lines for line in text.splitlines()]


def failed_test(target, run, test):
    lines = [f"✘ {target}: {name(run, test)}", f"  suite:    {suite(run, test)}"]
    said = []
    for issue in run.issues[test]:
        location = issue["issue"].get("sourceLocation") or run.location(test)
        messages = [message["text"] for message in issue["messages"]]
        said += messages
        lines += [f"  at:       {place(location)}", *indented(messages)]
    seeds = list(dict.fromkeys(SEED.findall("\n".join(said))))
    if seeds:
        lines.append(f"  seed:     {', '.join(seeds)}")
    return "\n".join([*lines, f"  alone:    {repeat(test, seeds)}"])


def report(target, stream, output, status):
    """The run, and a block for each failed test and for a process that died."""
    run = Run(stream)
    blocks = [failed_test(target, run, test) for test in sorted(run.issues)]
    if run.cut_off:
        ended = "took longer than it may" if status == "124" else f"ended (exit status {status})"
        lines = [f"✘ {target}: the test process {ended} while these tests were under way"]
        lines += indented(last_words(output, 3))
        for test in run.cut_off:
            lines += [f"  at:       {place(run.location(test))}  {name(run, test)}", f"  alone:    {repeat(test, [])}"]
        blocks.append("\n".join(lines))
    elif status != "0" and not blocks:
        lines = [f"✘ {target}: the test process failed (exit status {status}), no test is known to have failed"]
        blocks.append("\n".join(lines + indented(last_words(output, 20))))
    return run, blocks


def main():
    if sys.argv[1] == "count":
        run = Run(sys.argv[2])
        print(len(run.passed), len(run.failed))
        return
    passed = failed = 0
    blocks = []
    for argument in sys.argv[2:]:
        run, found = report(*argument.split(":"))
        passed += len(run.passed)
        failed += max(len(run.failed), len(found))
        blocks += found
    if blocks:
        print("\n".join(["", *blocks, ""]))
    print(f"{passed} passed, {failed} failed")


main()
