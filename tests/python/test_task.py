import signal
import unittest

import taskwire
from services import ENDED, Services, run_python, start_python, until


class TaskTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = Services()
        cls.addClassCleanup(cls.services.stop)

    def at(self, user):
        return {"user": user, "url": self.services.url}

    def seen(self, user, is_so):
        return until(f"{user}'s task is so", lambda: (task := self.services.only(user)) and is_so(task) and task)

    def test_a_block_is_a_task_with_all_that_it_tells(self):
        with taskwire.task("Import", **self.at("block")) as t:
            t.progress(5, 10, "files", stage="Reading", message="a.csv")
            task = self.seen("block", lambda task: task["done"] == 5)
            self.assertEqual((task["total"], task["unit"], task["stage"], task["message"]), (10, "files", "Reading", "a.csv"))
            self.assertEqual((task["taskName"], task["type"], task["progressPercentage"]), ("Import", "external", 50))
            self.assertEqual(t.id, task["taskId"])
            t.progress(stage=None, condition="paused", indeterminate=True)
            task = self.seen("block", lambda task: task.get("condition") == "paused")
            self.assertEqual((task["stage"], task["indeterminate"]), ("", True))
            t.progress(condition=None, indeterminate=False, steps=["Get", {"name": "Put", "state": "running", "done": 1, "total": 4}])
            task = self.seen("block", lambda task: "steps" in task)
            self.assertEqual(task["steps"][1], {"name": "Put", "state": "running", "done": 1, "total": 4})
            self.assertNotIn("condition", task)
            t.progress(percent=62.5)
            self.seen("block", lambda task: task["progressPercentage"] == 62)
            t.result = {"rows": 12}
        task = self.services.ended("block")
        self.assertEqual((task["status"], task["result"]), ("succeeded", {"rows": 12}))

    def test_what_makes_no_sense_is_said_at_once(self):
        with taskwire.task("Import", **self.at("sense")) as t:
            for keys, error in (({"done": "x"}, TypeError), ({"condition": "bad"}, ValueError), ({"steps": [{"name": "a", "state": "?"}]}, ValueError)):
                with self.assertRaises(error):
                    t.progress(**keys)
            with self.assertRaises(TypeError):
                t.result = {"a": object()}
            t.progress(-3, float("inf"), "a" * 1000, percent=float("nan"), message="\udc80\0" + "ä" * 5000)
        self.assertEqual(self.services.ended("sense")["status"], "succeeded")

    def test_an_exception_ends_it_as_failed_with_its_message(self):
        with self.assertRaises(FileNotFoundError):
            with taskwire.task("Import", **self.at("exception")):
                raise FileNotFoundError("there is no a.csv")
        task = self.services.ended("exception")
        self.assertEqual((task["status"], task["error"]), ("failed", {"reason": "FILE_NOT_FOUND_ERROR", "message": "there is no a.csv"}))

    def test_a_failure_has_its_own_reason(self):
        with self.assertRaises(taskwire.Failed):
            with taskwire.task("Import", **self.at("failure")):
                raise taskwire.Failed("full", reason="DISK_FULL")
        self.assertEqual(self.services.ended("failure")["error"], {"reason": "DISK_FULL", "message": "full"})

    def test_an_interrupt_cancels_it(self):
        with self.assertRaises(KeyboardInterrupt):
            with taskwire.task("Import", **self.at("interrupt")):
                raise KeyboardInterrupt
        self.assertEqual(self.services.ended("interrupt")["status"], "cancelled")

    def test_a_cancel_is_raised_by_the_next_progress(self):
        reached = []
        with self.assertRaises(taskwire.Cancelled):
            with taskwire.task("Import", **self.at("cancel")) as t:
                until("it has begun", lambda: t.id)
                self.services.ask("POST", f"/api/tasks/cancel/{t.id}/cancel")
                until("it is told", lambda: t.progress(message=str(len(reached))) or reached.append(1))
        self.assertEqual(self.services.ended("cancel")["status"], "cancelled")

    def test_a_cancel_is_heard_of_while_nothing_is_told(self):
        with self.assertRaises(taskwire.Cancelled):
            with taskwire.task("Import", **self.at("hears")) as t:
                until("it has begun", lambda: t.id)
                self.services.ask("POST", f"/api/tasks/hears/{t.id}/cancel")
                until("it is heard of, before the lease is renewed", lambda: t.cancelled, 8)
                t.progress(1)

    def test_a_cancel_is_left_to_the_program_that_wants_it(self):
        with taskwire.task("Import", raise_on_cancel=False, **self.at("polite")) as t:
            until("it has begun", lambda: t.id)
            self.services.ask("POST", f"/api/tasks/polite/{t.id}/cancel")
            until("it is told", lambda: t.progress(message="still here") or t.cancelled)
        self.assertEqual(self.services.ended("polite")["status"], "succeeded")

    def test_progress_is_paced_and_the_last_counts(self):
        with taskwire.task("Import", **self.at("paced")) as t:
            until("it has begun", lambda: t.id)
            for i in range(100_000):
                t.progress(i, 200_000, message=f"row {i}")
        task = self.services.ended("paced")
        self.assertEqual(task["status"], "succeeded")
        events = self.services.history("paced")
        self.assertLess(len(events), 100)
        self.assertEqual(task["message"], "row 99999")
        self.assertEqual(len([event for event in events if event["status"] in ENDED]), 1)

    def test_a_refusal_is_told_and_breaks_nothing(self):
        with self.assertLogs("taskwire", "WARNING") as logs:
            with taskwire.task("Import", user="no/name", url=self.services.url) as t:
                t.progress(1, 2)
            self.assertTrue(t.wait_told(20))
        self.assertEqual(len(logs.records), 1)
        self.assertIn("INVALID_USER_ID", logs.output[0])

    def test_a_result_that_is_not_taken_ends_it_as_failed(self):
        with self.assertLogs("taskwire", "WARNING"):
            with taskwire.task("Import", **self.at("large")) as t:
                t.result = {"text": "x" * 4_000_000}
            self.assertTrue(t.wait_told(20))
        self.assertEqual(self.services.ended("large")["error"]["reason"], "BODY_TOO_LARGE")

    def test_a_loop_is_a_task(self):
        self.assertEqual(list(taskwire.track(["a", "b", "c"], name="Loop", unit="rows", **self.at("loop"))), ["a", "b", "c"])
        task = self.services.ended("loop")
        self.assertEqual((task["status"], task["taskName"], task["done"], task["total"], task["unit"]), ("succeeded", "Loop", 3, 3, "rows"))

    def test_the_newest_count_of_a_loop_is_told_while_a_row_takes_long(self):
        for row in taskwire.track(range(50), **self.at("newest")):
            if row == 49:
                self.seen("newest", lambda task: task["done"] == 49)

    def test_a_loop_that_was_not_begun_is_no_task(self):
        loop = taskwire.track([1], **self.at("unbegun"))
        self.assertEqual(self.services.tasks("unbegun"), [])
        self.assertEqual(list(loop), [1])
        self.services.ended("unbegun")

    def test_a_loop_left_by_break_succeeds(self):
        for row in taskwire.track(iter(range(10)), **self.at("break")):
            if row == 4:
                break
        task = self.services.ended("break")
        self.assertEqual((task["status"], task["done"], task["total"]), ("succeeded", 4, 0))

    def test_a_loop_left_by_a_break_succeeds_whenever_its_iterator_goes(self):
        def broken_off(user):
            rows = taskwire.track(range(10), **self.at(user))
            for row in rows:
                if row == 4:
                    break

        broken_off("held")
        self.assertTrue(any(row == 3 for row in taskwire.track(range(10), **self.at("any"))))
        for user in ("held", "any"):
            self.assertEqual(self.services.ended(user)["status"], "succeeded", user)

    def test_a_loop_left_by_a_break_succeeds_though_its_iterator_stays_until_the_end(self):
        code = "import taskwire\nrows = taskwire.track(range(10))\nfor row in rows: break"
        run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="stays")
        self.assertEqual(self.services.ended("stays")["status"], "succeeded")

    def test_a_loop_that_the_end_of_the_program_breaks_off_is_cancelled(self):
        code = (
            "import taskwire, threading\n"
            "begun = threading.Event()\n"
            "def work():\n"
            "  for row in taskwire.track(range(10)): begun.set(); threading.Event().wait()\n"
            "threading.Thread(target=work, daemon=True).start()\n"
            "begun.wait()\n"
        )
        run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="daemon")
        self.assertEqual(self.services.ended("daemon")["status"], "cancelled")

    def test_a_loop_left_by_an_exception_that_is_caught_succeeds(self):
        with self.assertRaises(ZeroDivisionError):
            for row in taskwire.track([1, 0], **self.at("caught")):
                1 / row
        self.assertEqual(self.services.ended("caught")["status"], "succeeded")

    def test_a_loop_left_by_a_break_has_nothing_to_do_with_a_later_exception(self):
        code = "import taskwire\nfor row in taskwire.track(range(10)): break\nraise ValueError('later')"
        self.assertIn("ValueError: later", run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="later").stderr)
        self.assertEqual(self.services.ended("later")["status"], "succeeded")

    def test_a_program_that_dies_of_an_exception_that_was_handed_on_tells_it(self):
        inner = "for row in taskwire.track('1x'):\n  try: int(row)\n  except ValueError: raise"
        within = "with open('/dev/null'):\n  for row in taskwire.track('1x'): int(row)"
        outer = "try:\n  for row in taskwire.track('1x'): int(row)\nexcept ValueError: raise\nfinally: print('over')"
        for user, code in (("inner", inner), ("within", within), ("outer", outer)):
            run_python(f"import taskwire\n{code}", TASKWIRE_URL=self.services.url, TASKWIRE_USER=user)
            task = self.services.ended(user)
            self.assertEqual((task["status"], task.get("error", {}).get("reason")), ("failed", "VALUE_ERROR"), user)

    def test_rows_that_cannot_be_made_fail_the_loop(self):
        with self.assertRaises(ZeroDivisionError):
            list(taskwire.track((1 / row for row in [1, 0]), **self.at("rows")))
        self.assertEqual(self.services.ended("rows")["error"]["reason"], "ZERO_DIVISION_ERROR")

    def test_a_program_that_dies_of_an_exception_tells_it(self):
        code = "import taskwire\nfor row in taskwire.track('1x'): int(row)"
        ended = run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="dies")
        self.assertEqual(ended.returncode, 1)
        self.assertTrue(ended.stderr.startswith("Traceback"), ended.stderr)
        task = self.services.ended("dies")
        self.assertEqual(task["error"]["reason"], "VALUE_ERROR")
        self.assertEqual(task["error"]["message"], "invalid literal for int() with base 10: 'x'")
        self.assertEqual(task["done"], 1)

    def test_a_thread_that_dies_of_an_exception_tells_it(self):
        code = "import taskwire, threading\ndef work():\n for row in taskwire.track('1x'): int(row)\nthreading.Thread(target=work).start()"
        run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="thread")
        self.assertEqual(self.services.ended("thread")["error"]["reason"], "VALUE_ERROR")

    def test_ctrl_c_in_a_loop_cancels_it(self):
        code = "import taskwire, time\nfor row in taskwire.track(range(10)): print(row, flush=True); time.sleep(20)"
        child = start_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="ctrl-c")
        self.assertEqual(child.stdout.readline(), "0\n")
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=20)
        self.assertEqual(self.services.ended("ctrl-c")["status"], "cancelled")

    def test_an_exit_status_decides(self):
        for status, wanted in ((0, "succeeded"), (3, "failed")):
            code = f"import sys, taskwire\nwith taskwire.task('x'): sys.exit({status})"
            self.assertEqual(run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER=f"exit-{status}").returncode, status)
            self.assertEqual(self.services.ended(f"exit-{status}")["status"], wanted)

    def test_a_task_that_nobody_ended_is_cancelled_with_the_program(self):
        run_python("import taskwire\ntaskwire.task('x')", TASKWIRE_URL=self.services.url, TASKWIRE_USER="open")
        self.assertEqual(self.services.ended("open")["status"], "cancelled")
