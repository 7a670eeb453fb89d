import time
import unittest

import taskwire
from services import ENDED, Services, run_python, until


class AwayTest(unittest.TestCase):
    """The edge is away for a while; the work is not."""

    def setUp(self):
        self.services = Services()
        self.addCleanup(self.services.stop)
        self.here = {"user": "alice", "url": self.services.url}

    def test_the_end_is_told_when_the_edge_is_back(self):
        services = self.services
        began = time.monotonic()
        with taskwire.task("Import", user="alice", url=services.url) as t:
            t.progress(1, 10)
            until("it is seen", lambda: services.tasks("alice") and services.only("alice")["done"] == 1)
            services.edge.kill()
            for done in range(2, 10):
                t.progress(done, 10, message=f"row {done}")
        self.assertLess(time.monotonic() - began, 10, "the work does not wait")
        self.assertFalse(t.wait_told(0))
        services.edge.start()
        self.assertTrue(t.wait_told(20))
        task = services.only("alice")
        self.assertEqual((task["status"], task["message"], task["attempt"]), ("succeeded", "row 9", 1))
        self.assertEqual(len([event for event in services.history("alice") if event["status"] in ENDED]), 1)

    def test_the_engine_dies_meanwhile(self):
        services = self.services
        with taskwire.task("Import", user="alice", url=services.url) as t:
            until("it has begun", lambda: t.id)
            services.engine.kill()
            t.progress(5, 10)
        services.engine.start()
        self.assertTrue(t.wait_told(30))
        until("the other edge has found it too", lambda: services.only("alice")["status"] == "succeeded")

    def test_what_ran_before_the_edge_came_is_told_once(self):
        self.services.edge.kill()
        for row in taskwire.track(range(5), **self.here):
            pass
        with self.assertRaises(ValueError):
            with taskwire.task("Other", user="bob", url=self.services.url) as other:
                raise ValueError("bad")
        self.services.edge.start()
        self.assertEqual(self.services.ended("alice")["done"], 5)
        self.assertEqual(self.services.ended("bob")["error"], {"reason": "VALUE_ERROR", "message": "bad"})
        self.assertTrue(other.wait_told(20))

    def test_a_program_ends_in_bounded_time_without_an_edge(self):
        self.services.edge.kill()
        began = time.monotonic()
        code = "import taskwire\nfor row in taskwire.track([1, 2], name='Import'): print(row)"
        ended = run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_EXIT_WAIT="0.5")
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual((ended.returncode, ended.stdout), (0, "1\n2\n"))
        self.assertIn("the end of 'Import' could not be told within 0.5 s", ended.stderr)
        self.assertEqual(ended.stderr.count("\n"), 1, ended.stderr)


class LeaseTest(unittest.TestCase):
    """Leases are short here alone: where a machine stands still for as long as one, it is lost."""

    def setUp(self):
        self.services = Services("--lease", "4s")
        self.addCleanup(self.services.stop)
        self.here = {"user": "alice", "url": self.services.url}

    def test_the_lease_is_renewed_while_nothing_is_told(self):
        with taskwire.task("Import", **self.here) as t:
            until("it has begun", lambda: t.id)
            began = time.monotonic()
            until("two leases have passed", lambda: time.monotonic() - began > 8.5)
            self.assertEqual(self.services.only("alice")["status"], "running")
        self.assertEqual(self.services.ended("alice")["status"], "succeeded")

    def test_a_lease_that_is_lost_is_told_once_and_breaks_nothing(self):
        with self.assertLogs("taskwire", "WARNING") as logs:
            with taskwire.task("Import", **self.here) as t:
                until("it has begun", lambda: t.id)
                self.services.edge.kill()
                until("it is lost", lambda: self.services.only("alice")["status"] == "failed")
                t.progress(1, 2)
                self.services.edge.start()
                until("that is known", lambda: t.lost)
                t.progress(2, 2)
            self.assertTrue(t.wait_told(20))
        self.assertEqual(len(logs.records), 1, logs.output)
        self.assertIn("LEASE_LOST", logs.output[0])
        self.assertEqual(self.services.only("alice")["error"]["reason"], "WORKER_LOST")
