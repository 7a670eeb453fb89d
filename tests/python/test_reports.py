import socket
import tempfile
import threading
import time
import unittest

import taskwire
from scripted import LEASE, ScriptedEdge, well
from services import run_python, until
from taskwire._errors import reason_of


class ReportsTest(unittest.TestCase):
    def edge(self, answer=well):
        edge = ScriptedEdge(answer)
        self.addCleanup(edge.stop)
        return edge

    def test_a_report_without_an_answer_is_repeated_with_its_number(self):
        lost = []

        def answer(path, body):
            if path.endswith("/report") and len(lost) < 2:
                lost.append(body)
                return None if len(lost) == 1 else (503, {"reason": "UNKNOWN_OUTCOME", "detail": "x"})
            return well(path, body)

        edge = self.edge(answer)
        with taskwire.task("Import", user="alice", url=edge.url) as t:
            t.progress(1, 10)
            until("it was lost", lambda: lost)
            t.progress(2, 10)
            t.progress(3)
            until("all is told", lambda: len(edge.bodies("/report")) == 4)
        self.assertTrue(t.wait_told(20))
        first = {"lease": LEASE, "seq": 1, "progress": {"done": 1, "total": 10}}
        self.assertEqual(edge.bodies("/report"), [first, first, first, {"lease": LEASE, "seq": 2, "progress": {"done": 3, "total": 10}}])
        self.assertEqual(edge.bodies("/finish"), [{"lease": LEASE, "result": {}}])

    def test_reports_are_a_tenth_of_a_second_apart(self):
        edge = self.edge()
        with taskwire.task("Import", user="alice", url=edge.url) as t:
            until("it has begun", lambda: t.id)
            began = time.monotonic()
            until("six are told", lambda: t.progress(message=str(time.monotonic())) or len(edge.bodies("/report")) >= 6)
            self.assertGreater(time.monotonic() - began, 0.45)
        self.assertTrue(t.wait_told(20))

    def test_the_last_progress_goes_with_the_end(self):
        def answer(path, body):
            return None if path.endswith("/report") else well(path, body)

        edge = self.edge(answer)
        with taskwire.task("Import", user="alice", url=edge.url) as t:
            t.progress(1, 10, stage="a")
            until("it was tried", lambda: edge.bodies("/report"))
            t.progress(9)
        self.assertTrue(t.wait_told(20))
        self.assertEqual(edge.bodies("/finish"), [{"lease": LEASE, "result": {}, "progress": {"done": 9, "total": 10, "stage": "a"}}])

    def test_a_start_and_an_end_are_repeated_as_they_were(self):
        tried = []

        def answer(path, body):
            tried.append(path)
            return well(path, body) if tried.count(path) > 1 else None

        edge = self.edge(answer)
        with taskwire.task("Import", user="al@ice", url=edge.url + "/below/", token="secret") as t:
            pass
        self.assertTrue(t.wait_told(20))
        starts = [request for request in edge.requests if request[0].endswith("/start")]
        self.assertEqual([path for path, _, _ in starts], ["/below/api/tasks/al%40ice/start"] * 2)
        self.assertEqual(len({headers["Idempotency-Key"] for _, _, headers in starts}), 1)
        self.assertEqual({headers["Authorization"] for _, _, headers in edge.requests}, {"Bearer secret"})
        self.assertEqual(edge.bodies("/finish"), [{"lease": LEASE, "result": {}}] * 2)

    def test_below_a_wrapper_the_outermost_reports_without_numbers_and_ends_nothing(self):
        edge = self.edge()
        code = (
            "import taskwire\n"
            "for row in taskwire.track([1, 2], name='Outer'):\n"
            "  for inner in taskwire.tqdm([1, 2, 3]): pass\n"
        )
        ended = run_python(code, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual({path for path, _, _ in edge.requests}, {"/api/work/report"})
        told = {}
        for _, body, _ in edge.requests:
            self.assertEqual(set(body), {"lease", "progress"})
            told.update(body["progress"])
        self.assertEqual(told, {"stage": "Outer", "done": 2, "total": 2, "unit": ""})

    def test_below_a_wrapper_it_has_the_id_of_that_task(self):
        edge = self.edge()
        code = "import taskwire, time\nwith taskwire.task('x') as t:\n  while not t.id: time.sleep(0.01)\n  print(t.id)"
        ended = run_python(code, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE, TASKWIRE_TASK="abcdefghijkl")
        self.assertEqual((ended.stdout, ended.stderr), ("abcdefghijkl\n", ""))

    def test_a_wrapper_hears_that_the_program_reports_by_itself(self):
        edge = self.edge()
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(f"{folder}/notify")
            notify.settimeout(20)
            code = "import sys, taskwire\nwith taskwire.task('Import', url=sys.argv[1]): pass\n"
            elsewhere = run_python(code, self.edge().url, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE, NOTIFY_SOCKET=notify.getsockname())
            self.assertEqual((elsewhere.returncode, elsewhere.stderr), (0, ""))
            notify.sendto(b"nothing before", notify.getsockname())
            ended = run_python(code, edge.url, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE, NOTIFY_SOCKET=notify.getsockname())
            self.assertEqual((ended.returncode, ended.stderr), (0, ""))
            self.assertEqual([notify.recv(99), notify.recv(99)], [b"nothing before", b"X_TASKWIRE=1"])
        nobody_listens = run_python(code, edge.url, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE, NOTIFY_SOCKET="/nowhere/at/all")
        self.assertEqual((nobody_listens.returncode, nobody_listens.stderr), (0, ""))

    def test_below_a_wrapper_what_goes_elsewhere_is_a_task_of_its_own(self):
        edge, other = self.edge(), self.edge()
        code = (
            "import sys, taskwire\n"
            "with taskwire.task('Elsewhere', user='a', url=sys.argv[1]): pass\n"
            "with taskwire.task('Here', user='a', url=sys.argv[2] + '/'): pass\n"
        )
        ended = run_python(code, other.url, edge.url, TASKWIRE_URL=edge.url, TASKWIRE_LEASE="1" * 32)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual([path for path, _, _ in other.requests], ["/api/tasks/a/start", "/api/work/finish"])
        self.assertEqual({body.get("lease") for _, body, _ in other.requests}, {None, LEASE})
        self.assertEqual(edge.bodies(""), [{"lease": "1" * 32, "progress": {"stage": "Here"}}])

    def test_a_url_that_can_never_be_asked_is_refused_at_once(self):
        for url in ("http://localhost:99999", "http://[bad", "http://user:word@localhost:8080", "http://localhost/my path", "http://.example.com", "ftp://localhost"):
            with self.subTest(url=url), self.assertLogs("taskwire", "WARNING") as logs:
                with taskwire.task("Import", user="a", url=url) as t:
                    t.progress(1)
                self.assertTrue(t.wait_told(20))
            self.assertEqual(len(logs.output), 1, logs.output)
            self.assertNotIn("word", logs.output[0])
            worker = taskwire.Worker(url=url)
            worker.task("t")(lambda task: None)
            self.assertRaises(ValueError, worker.run)

    def test_why_the_end_could_not_be_told_is_said(self):
        edge = self.edge(lambda path, body: (502, {"reason": "ENGINE_ERROR", "detail": "it is broken"}) if path.endswith("/finish") else well(path, body))
        ended = run_python("import taskwire\nwith taskwire.task('Import'): pass", TASKWIRE_URL=edge.url, TASKWIRE_EXIT_WAIT="3")
        self.assertEqual((ended.returncode, ended.stderr.count("\n")), (0, 1), ended.stderr)
        self.assertIn(f"{edge.url} answers it is broken (ENGINE_ERROR)", ended.stderr)

    def test_an_endless_wait_at_the_end_is_one_of_a_day(self):
        for wait in ("inf", "1e10", "nan"):
            edge = self.edge()
            ended = run_python("import taskwire\nwith taskwire.task('Import'): pass", TASKWIRE_URL=edge.url, TASKWIRE_EXIT_WAIT=wait)
            self.assertEqual((ended.returncode, ended.stderr, len(edge.bodies("/finish"))), (0, "", 1))

    def test_a_result_that_json_cannot_say_ends_the_task_as_failed(self):
        def self_containing(result):
            result["self"] = result

        for spoil, reason in ((lambda result: result.update(x={1, 2}), "TYPE_ERROR"), (self_containing, "VALUE_ERROR")):
            for end in (lambda t: t.__exit__(None, None, None), lambda t: t.finish()):
                edge = self.edge()
                t = taskwire.task("Import", user="alice", url=edge.url)
                t.result = {"rows": 1}
                spoil(t.result)
                with self.assertLogs("taskwire", "WARNING") as logs:
                    end(t)
                self.assertTrue(t.wait_told(20))
                self.assertEqual([body["error"]["reason"] for body in edge.bodies("/finish")], [reason])
                self.assertEqual(len(logs.output), 1, logs.output)

    def test_a_result_is_told_as_it_was_at_the_end(self):
        edge = self.edge(lambda path, body: well(path, body) if is_back.is_set() else None)
        is_back = threading.Event()
        with taskwire.task("Import", user="alice", url=edge.url) as t:
            t.result["rows"] = 1
        t.result["rows"] = {1}
        is_back.set()
        self.assertTrue(t.wait_told(20))
        self.assertEqual([body["result"] for body in edge.bodies("/finish")], [{"rows": 1}])

    def test_an_odd_reason_is_told(self):
        edge = self.edge()
        with self.assertRaises(taskwire.Failed):
            with taskwire.task("Import", user="alice", url=edge.url) as t:
                raise taskwire.Failed("bad", reason=404)
        self.assertTrue(t.wait_told(20))
        self.assertEqual(edge.bodies("/finish")[0]["error"], {"reason": "WORK_FAILED", "message": "bad"})

    def test_a_token_with_a_line_break_at_its_end_is_taken_without_it(self):
        edge = self.edge()
        code = "import taskwire\nwith taskwire.task('Import', user='a'): pass"
        ended = run_python(code, TASKWIRE_URL=f" {edge.url}\n", TASKWIRE_TOKEN="s3cret\n")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual({headers["Authorization"] for _, _, headers in edge.requests}, {"Bearer s3cret"})

    def test_a_token_that_no_header_can_have_is_said_and_not_shown(self):
        edge = self.edge()
        for token in ("s3cret\nsecond", "s3cret second", "s3crét"):
            with self.assertLogs("taskwire", "DEBUG") as logs:
                with taskwire.task("Import", user="alice", url=edge.url, token=token) as t:
                    t.progress(1)
                self.assertTrue(t.wait_told(20))
            self.assertEqual(len(logs.output), 1, logs.output)
            self.assertIn("TASKWIRE_TOKEN", logs.output[0])
            self.assertNotIn("s3cr", logs.output[0])
            worker = taskwire.Worker(url=edge.url, token=token)
            worker.task("t")(lambda task: None)
            with self.assertRaisesRegex(ValueError, "TASKWIRE_TOKEN"):
                worker.run()
        self.assertEqual(edge.requests, [])

    def test_what_is_no_taskwire_is_told_once(self):
        for answer in (lambda path, body: (200, {}), lambda path, body: (404, {})):
            edge = self.edge(answer)
            with self.assertLogs("taskwire", "WARNING") as logs:
                with taskwire.task("Import", user="alice", url=edge.url) as t:
                    t.progress(1)
                self.assertTrue(t.wait_told(20))
            self.assertEqual(len(logs.records), 1)
        with self.assertLogs("taskwire", "WARNING") as logs:
            with taskwire.task("Import", user="alice", url="localhost:1") as t:
                t.progress(1)
            self.assertTrue(t.wait_told(20))
        self.assertIn("TASKWIRE_URL is to be like", logs.output[0])

    def test_names_of_exceptions_become_reasons(self):
        names = {"OSError": "OS_ERROR", "HTTPError": "HTTP_ERROR", "_Private2": "PRIVATE2", "ä": "WORK_FAILED", "DISK_FULL": "DISK_FULL", "timeout": "TIMEOUT"}
        self.assertEqual({name: reason_of(name) for name in names}, names)
