import signal
import threading
import time
import unittest

import taskwire
from scripted import ScriptedEdge, well
from services import ENDED, Services, start_python, until

WORKER = """
import os, sys, taskwire
worker = taskwire.Worker(parallel=int(sys.argv[1]))

@worker.task("resize", register={"retry": {"attempts": 5, "backoffMs": 50}})
def resize(task):
    task.progress(1, 2, "images")
    os.write(1, (task.params["path"] + "\\n").encode())
    pass  # the work
    return {"path": task.params["path"], "attempt": task.attempt}

worker.run()
print("ended", flush=True)
"""
GATED = WORKER.replace("pass  # the work", "sys.stdin.readline()").replace(
    "@worker", "stop = worker.stop\nworker.stop = lambda: (stop(), print('stopping', flush=True))\n\n@worker"
)


class WorkerTest(unittest.TestCase):
    def setUp(self):
        self.begin()

    def begin(self, *engine_arguments):
        self.services = Services(*engine_arguments)
        self.addCleanup(self.services.stop)

    def waits(self):
        return any(type["type"] == "resize" and type["workers"] for type in self.services.ask("GET", "/api/task-types")["types"])

    def start(self, path):
        return self.services.ask("POST", "/api/tasks/alice/start", {"type": "resize", "params": {"path": path}})["taskId"]

    def status(self, id):
        return self.services.task("alice", id)["status"]

    def run_here(self, worker):
        """Runs it in a thread until the test ends."""
        thread = threading.Thread(target=worker.run)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(worker.stop)

    def test_it_does_tasks_and_ends_in_order(self):
        child = start_python(WORKER, "3", TASKWIRE_URL=self.services.url)
        self.addCleanup(child.kill)
        until("the worker is there", self.waits)
        ids = [self.start(f"{i}.png") for i in range(30)]
        until("all have ended", lambda: all(task["status"] in ENDED for task in self.services.tasks("alice")))
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=20)
        self.assertEqual((child.returncode, out.split()[-1], err), (0, "ended", ""))
        self.assertEqual(sorted(out.split()[:-1]), sorted(f"{i}.png" for i in range(30)))
        ends = [event["taskId"] for event in self.services.history("alice") if event["status"] in ENDED]
        self.assertEqual(sorted(ends), sorted(ids))
        self.assertEqual(self.services.task("alice", ids[7])["result"], {"path": "7.png", "attempt": 1})

    def test_sigterm_finishes_what_is_under_way_and_takes_no_more(self):
        child = start_python(GATED, "1", TASKWIRE_URL=self.services.url)
        self.addCleanup(child.kill)
        until("the worker is there", self.waits)
        first = self.start("first")
        self.assertEqual(child.stdout.readline(), "first\n")
        second = self.start("second")
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.stdout.readline(), "stopping\n")
        out, err = child.communicate("go on\n", timeout=20)
        self.assertEqual((child.returncode, out, err), (0, "ended\n", ""))
        self.assertEqual((self.status(first), self.status(second)), ("succeeded", "queued"))

    def test_sigterm_ends_a_claim_that_waits(self):
        child = start_python(WORKER, "2", TASKWIRE_URL=self.services.url)
        self.addCleanup(child.kill)
        until("the worker is there", self.waits)
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=10)  # a claim waits 30 s
        self.assertEqual((child.returncode, out, err), (0, "ended\n", ""))
        task = self.start("later")
        self.assertEqual(self.status(task), "queued")

    def test_what_is_given_away_while_it_stops_is_done_still(self):
        for round in range(5):
            worker = taskwire.Worker(url=self.services.url, parallel=3)
            worker.task("resize", register={})(lambda task: None)
            thread = threading.Thread(target=worker.run)
            thread.start()
            self.addCleanup(thread.join)
            self.addCleanup(worker.stop)
            until("it waits", self.waits)
            ids = []
            for n in range(12):
                if n == 6:
                    worker.stop()
                ids.append(self.start(str(n)))
            thread.join()
            for id in ids:
                task = self.services.task("alice", id)
                self.assertIn((task["status"], task["attempt"]), [("succeeded", 1), ("queued", 1)], f"round {round}")

    def test_a_worker_that_is_killed_has_its_task_done_by_another(self):
        self.begin("--lease", "4s")  # short for this alone: where a machine stands still for as long, one is lost
        code = WORKER.replace("pass  # the work", "if task.attempt == 1: os.kill(os.getpid(), 9)")
        child = start_python(code, "1", TASKWIRE_URL=self.services.url)
        self.addCleanup(child.communicate)
        until("the worker is there", self.waits)
        id = self.start("a.png")
        child.wait(timeout=20)
        other = start_python(code, "1", TASKWIRE_URL=self.services.url)
        self.addCleanup(other.communicate)
        self.addCleanup(other.kill)
        until("it is done", lambda: self.status(id) == "succeeded")
        self.assertEqual(self.services.task("alice", id)["result"]["attempt"], 2)

    def test_the_edge_dies_while_a_claim_waits_and_while_work_is_done(self):
        done = []
        worker = taskwire.Worker(url=self.services.url)

        @worker.task("resize", register={})
        def resize(task):
            self.services.edge.kill()
            done.append(task.params["n"])
            threading.Thread(target=self.services.edge.start).start()

        self.run_here(worker)
        until("it waits", self.waits)
        self.services.edge.kill()
        ids = [self.services.ask("POST", "/api/tasks/alice/start", {"type": "resize", "params": {"n": n}})["taskId"] for n in range(3)]
        self.services.edge.start()
        until("all are done", lambda: all(self.status(id) == "succeeded" for id in ids))
        self.assertEqual(sorted(done), [0, 1, 2])
        ends = [event["taskId"] for event in self.services.history("alice") if event["status"] in ENDED]
        self.assertEqual(sorted(ends), sorted(ids))

    def test_how_a_function_ends_is_how_its_task_ends(self):
        worker = taskwire.Worker(url=self.services.url, parallel=2)

        @worker.task("resize", register={"retry": {"attempts": 2, "backoffMs": 10, "maxBackoffMs": 10}})
        def resize(task):
            self.assertEqual((task.type, task.user), ("resize", "alice"))
            how = task.params["path"]
            if how == "cancel":
                until("it is told", lambda: task.progress(message=str(id(task))))
            if how == "final":
                raise taskwire.Failed("there is no such image", reason="NO_SUCH_IMAGE")
            if how == "again" and task.attempt == 1:
                raise OSError("the disk is busy")
            return object() if how == "odd" else None

        self.run_here(worker)
        until("it waits", self.waits)
        with self.assertLogs("taskwire", "WARNING"):
            ids = {how: self.start(how) for how in ("final", "again", "odd", "cancel")}
            until("it runs", lambda: self.status(ids["cancel"]) == "running")
            self.services.ask("POST", f"/api/tasks/alice/{ids['cancel']}/cancel")
            tasks = {how: until(f"{how} has ended", lambda: (task := self.services.task("alice", id))["status"] in ENDED and task) for how, id in ids.items()}
        self.assertEqual({how: (task["status"], task["attempt"]) for how, task in tasks.items()},
                         {"final": ("failed", 1), "again": ("succeeded", 2), "odd": ("failed", 2), "cancel": ("cancelled", 1)})
        self.assertEqual(tasks["final"]["error"], {"reason": "NO_SUCH_IMAGE", "message": "there is no such image"})
        self.assertEqual(tasks["odd"]["error"], {"reason": "TYPE_ERROR", "message": "a result is a dict, not object"})

    def test_what_keeps_it_from_claiming_ends_it(self):
        worker = taskwire.Worker(url=self.services.url, name=object())
        worker.task("resize", register={})(lambda task: None)
        with self.assertRaisesRegex(TypeError, "object is not JSON serializable"):
            worker.run()

    def test_a_claim_that_is_refused_ends_it_with_the_reason(self):
        worker = taskwire.Worker(url=self.services.url)
        worker.task("unknown")(lambda task: None)
        with self.assertRaisesRegex(ValueError, "UNKNOWN_TASK_TYPE"):
            worker.run()
        with self.assertRaisesRegex(ValueError, "has no function"):
            taskwire.Worker().run()
        wrong = taskwire.Worker(url=self.services.url)
        wrong.task("wrong", register={"params": {"oneOf": []}})(lambda task: None)
        with self.assertRaisesRegex(ValueError, "UNSUPPORTED_SCHEMA"):
            wrong.run()


class ClaimsTest(unittest.TestCase):
    def test_work_whose_lease_is_lost_is_to_stop_and_the_next_is_done(self):
        for polite in (False, True):
            with self.subTest(raise_on_cancel=not polite):
                self.loses_a_lease(polite)

    def loses_a_lease(self, polite):
        stopped, done = [], []

        def answer(path, body):
            if path.endswith("/claim"):
                n = len(edge.bodies("/claim"))
                task = {"taskId": str(n), "type": "t", "params": {"n": n}, "userId": "u", "taskName": "n", "attempt": 1}
                return 200, {"assignments": [{"lease": str(n) * 32, "leaseMs": 30_000, "task": task}] if n < 3 else []}
            if path.endswith("/report") and body["lease"][0] == "1":
                return 409, {"reason": "LEASE_LOST", "detail": "x"}
            return well(path, body)

        edge = ScriptedEdge(answer)
        self.addCleanup(edge.stop)
        worker = taskwire.Worker(url=edge.url, wait_ms=0)

        @worker.task("t", raise_on_cancel=not polite)
        def do(task):
            if task.params["n"] == 2:
                return done.append(2)
            try:
                until("it is to stop", lambda: task.progress(message=str(time.monotonic())) or task.cancelled)
            finally:
                stopped.append((task.lost, task.cancelled))

        thread = threading.Thread(target=worker.run)
        with self.assertLogs("taskwire", "WARNING") as logs:
            thread.start()
            until("the next is done", lambda: [body["lease"] for body in edge.bodies("/finish")] == ["2" * 32])
            worker.stop()
            thread.join()
        self.assertEqual((stopped, done), ([(True, True)], [2]))
        self.assertEqual(len(logs.output), 1, logs.output)
        self.assertRegex(logs.output[0], "which is to stop: .*LEASE_LOST")

    def test_a_claim_without_an_answer_is_repeated_with_its_key_and_looked_at(self):
        claims = []
        assignment = {"lease": "1" * 32, "leaseMs": 30_000, "task": {"taskId": "a", "type": "t", "params": {}, "userId": "u", "taskName": "n", "attempt": 1}}

        def answer(path, body):
            if path.endswith("/claim"):
                claims.append(body)
                return None if len(claims) == 1 else (200, {"assignments": [assignment] if len(claims) == 2 else []})
            if path.endswith("/report"):
                return 409, {"reason": "LEASE_LOST", "detail": "x"}
            return well(path, body)

        edge = ScriptedEdge(answer)
        self.addCleanup(edge.stop)
        worker = taskwire.Worker(url=edge.url, wait_ms=0)
        worker.task("t")(lambda task: self.fail("another may do it by now"))
        thread = threading.Thread(target=worker.run)
        thread.start()
        until("it goes on", lambda: len(claims) > 2)
        worker.stop()
        thread.join()
        keys = [headers["Idempotency-Key"] for path, _, headers in edge.requests if path.endswith("/claim")]
        self.assertEqual(keys[0], keys[1])
        self.assertNotEqual(keys[1], keys[2])
        self.assertEqual(edge.bodies("/finish"), [])

    def test_a_service_that_is_no_taskwire_is_asked_ever_more_seldom_and_that_is_said_once(self):
        edge = ScriptedEdge(lambda path, body: (200, {}))
        self.addCleanup(edge.stop)
        worker = taskwire.Worker(url=edge.url)
        worker.task("t")(lambda task: None)
        thread = threading.Thread(target=worker.run)
        began = time.monotonic()
        with self.assertLogs("taskwire", "WARNING") as logs:
            thread.start()
            until("it has asked four times", lambda: len(edge.bodies("/claim")) == 4)
            self.assertGreater(time.monotonic() - began, 0.6)
            worker.stop()
            thread.join()
        self.assertEqual(len(logs.output), 1, logs.output)
        self.assertIn(f"{edge.url} is away: what answers there is no taskwire", logs.output[0])

    def test_a_type_is_one_part_of_the_path(self):
        edge = ScriptedEdge(lambda path, body: (404, {"reason": "INVALID_TYPE", "detail": "x"}))
        self.addCleanup(edge.stop)
        for name, path in (("h2q?x", "h2q%3Fx"), ("my type", "my%20type"), ("größe", "gr%C3%B6%C3%9Fe"), ("a/b", "a%2Fb")):
            worker = taskwire.Worker(url=edge.url)
            worker.task(name, register={})(lambda task: None)
            with self.assertRaisesRegex(ValueError, "INVALID_TYPE"):
                worker.run()
            self.assertEqual(edge.requests[-1][0], f"/api/task-types/{path}")

    def test_what_makes_no_sense_of_a_worker_is_refused(self):
        for options in ({"parallel": 0}, {"parallel": "2"}, {"wait_ms": -1}, {"wait_ms": 60_001}, {"wait_ms": 0.5}):
            self.assertRaises(ValueError, taskwire.Worker, **options)
