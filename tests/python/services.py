"""A real taskwire-engine and taskwire-edge, and what the tests ask them."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

BIN = Path(os.environ.get("TASKWIRE_BIN", "TASKWIRE_BIN"))
PACKAGE = Path(__file__).resolve().parents[2] / "tools" / "python"
ENDED = ("succeeded", "failed", "cancelled")


def clean_environment(**more):
    """The own one without what says where taskwire is."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TASKWIRE_")}
    return {**kept, "PYTHONPATH": str(PACKAGE), **more}


def until(what, condition, seconds=20.0):
    """Asks the condition until its answer is true, and hands that back."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"within {seconds} s: {what}")
        pause.wait(0.02)


class Service:
    """One of the two; it listens on the same port again after `kill` and `start`."""

    def __init__(self, program, arguments):
        self.program, self.arguments, self.port, self.log = program, arguments, 0, ""

    def start(self):
        begin = len(self.log)
        command = [str(BIN / self.program), *self.arguments, "--listen", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=clean_environment(TASKWIRE_DRAIN="0s"))
        listening = threading.Event()

        def read():
            for line in self.process.stderr:
                self.log += line
                found = re.search(r"listening on 127\.0\.0\.1:(\d+)$", self.log[begin:], re.M)
                if found:
                    self.port = int(found[1])
                    listening.set()
            listening.set()

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        if not listening.wait(20) or self.process.poll() is not None:
            raise AssertionError(f"{self.program} does not listen:\n{self.log}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stderr.close()


class Services:
    def __init__(self, *engine_arguments):
        self._data = tempfile.mkdtemp(prefix="taskwire-")
        self.engine = Service("taskwire-engine", ["--data-dir", self._data, "--demo-sources=false", *engine_arguments])
        self.engine.start()
        self.edge = self.start_edge()
        self.inlet = self.start_edge()  # stays while the other is away
        self.url = f"http://127.0.0.1:{self.edge.port}"

    def start_edge(self):
        edge = Service("taskwire-edge", ["--engine", f"127.0.0.1:{self.engine.port}"])
        edge.start()
        return edge

    def stop(self):
        for service in (self.edge, self.inlet, self.engine):
            service.kill()
        shutil.rmtree(self._data)

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.inlet.port}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or "{}")

    def tasks(self, user):
        return self.ask("GET", f"/api/tasks/{user}?order=oldest&pageSize=100")["tasks"]

    def task(self, user, id):
        return self.ask("GET", f"/api/tasks/{user}/{id}")

    def only(self, user):
        """The only task of the user, in detail; None while there is none."""
        tasks = self.tasks(user)
        assert len(tasks) < 2, tasks
        return self.task(user, tasks[0]["taskId"]) if tasks else None

    def ended(self, user):
        """Waits until the user's only task has ended."""
        return until(f"the task of {user} has ended", lambda: (task := self.only(user)) and task["status"] in ENDED and task)

    def history(self, user):
        """Every event of the user's tasks that is kept."""
        events, after = [], ""
        while True:
            page = self.ask("GET", f"/api/events/history?topic=tasks/{user}&limit=256" + (f"&after={after}" if after else ""))
            if not page["events"]:
                return events
            events += [json.loads(event["data"]) for event in page["events"]]
            after = page["through"]


def run_python(code, *arguments, timeout=60, **environment):
    """Runs a program with this Python; its end."""
    return subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-W", "ignore::DeprecationWarning", "-c", code, *arguments],
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def start_python(code, *arguments, **environment):
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=clean_environment(**environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
