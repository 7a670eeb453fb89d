import threading
import time
import unittest
from contextlib import redirect_stdout
from io import StringIO

import taskwire
from services import Services, run_python, until
from taskwire import tqdm, trange


class TqdmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = Services()
        cls.addClassCleanup(cls.services.stop)

    def at(self, user):
        return {"user": user, "url": self.services.url}

    def test_a_loop_counts(self):
        bar = tqdm(["a", "b"], "Encode", unit="file", leave=False, ascii=True, ncols=80, **self.at("loop"))
        self.assertEqual((list(bar), bar.n, bar.total, len(bar)), (["a", "b"], 2, 2, 2))
        task = self.services.ended("loop")
        self.assertEqual((task["status"], task["taskName"], task["done"], task["total"], task["unit"]), ("succeeded", "Encode", 2, 2, "file"))

    def test_the_newest_count_is_told_while_a_row_takes_long(self):
        for row in tqdm(range(50), **self.at("newest")):
            if row == 49:
                until("all that is done is told", lambda: (task := self.services.only("newest")) and task["done"] == 49)

    def test_a_bar_that_cannot_be_told_for_a_moment_is_told_at_its_end(self):
        bar = tqdm(total=2, **self.at("moment"))
        bar.update(1)
        until("it is told", lambda: (task := self.services.only("moment")) and task["done"] == 1)
        bar.total, bar.mininterval, bar._next_at = "none", 60, time.monotonic() + 60
        bar.update(1)
        until("that was looked at", lambda: bar._work._reporter.newest is None)
        bar.total = 2
        bar.close()
        bar.reset()
        task = self.services.ended("moment")
        self.assertEqual((task["status"], task["done"]), ("succeeded", 2))

    def test_the_places_of_arguments_are_those_of_tqdm(self):
        bar = tqdm(None, "d", 7, False, None, 80, 0.5, 10.0, None, None, True, "B", True, True, 0.3, None, 3)
        self.assertEqual((bar.desc, bar.total, bar.mininterval, bar.disable, bar.unit, bar.n), ("d", 7, 0.5, True, "B", 3))

    def test_updates_by_hand(self):
        bar = tqdm(total=10, initial=2, desc="Copy", mininterval=0, **self.at("hand"))
        bar.update(3)
        bar.set_postfix(loss=0.12345, file="a")
        task = until("it is seen", lambda: (task := self.services.only("hand")) and task["message"] == "Copy loss=0.123, file=a" and task)
        self.assertEqual((bar.n, task["done"], task["total"], task["unit"]), (5, 5, 10, "it"))
        bar.set_description("Move")
        until("it is seen", lambda: self.services.only("hand")["message"].startswith("Move"))
        bar.close()
        bar.close()
        bar.update(1)
        self.assertEqual(self.services.ended("hand")["status"], "succeeded")

    def test_a_block_ends_by_its_exception(self):
        with self.assertRaises(KeyError):
            with tqdm(total=4, **self.at("block")) as bar:
                bar.update(0.5)
                raise KeyError("k")
        task = self.services.ended("block")
        self.assertEqual((task["status"], task["error"]["reason"]), ("failed", "KEY_ERROR"))
        self.assertEqual(task["progressPercentage"], 12)

    def test_a_loop_left_early(self):
        for i in trange(10, **self.at("break")):
            if i == 3:
                break
        self.assertEqual(self.services.ended("break")["status"], "succeeded")
        with self.assertRaises(ZeroDivisionError):
            for i in trange(2, -1, -1, **self.at("raise")):
                1 / i
        self.assertEqual(self.services.ended("raise")["status"], "succeeded")

    def test_a_cancel_stops_the_loop(self):
        def rows():
            while True:
                yield 1

        with self.assertRaises(taskwire.Cancelled):
            for _ in tqdm(rows(), mininterval=0, **self.at("cancel")):
                task = self.services.only("cancel")
                if task and task["status"] == "running":
                    self.services.ask("POST", f"/api/tasks/cancel/{task['taskId']}/cancel")
        self.assertEqual(self.services.ended("cancel")["status"], "cancelled")

    def test_disabled_it_tells_nothing(self):
        self.assertEqual(list(tqdm([1], disable=True, **self.at("disabled"))), [1])
        self.assertEqual(self.services.tasks("disabled"), [])

    def test_a_bar_that_is_not_closed_ends_with_the_program(self):
        run_python("import taskwire\ntaskwire.tqdm(total=3).update(3)", TASKWIRE_URL=self.services.url, TASKWIRE_USER="left")
        self.assertEqual(self.services.ended("left")["status"], "succeeded")

    def test_a_bar_that_nobody_has_any_more_ends(self):
        def copy():
            tqdm(total=3, **self.at("dropped")).update(2)

        copy()
        self.assertEqual(self.services.ended("dropped")["status"], "succeeded")

    def test_bars_within_a_bar_are_no_tasks(self):
        for i in trange(4, desc="Outer", **self.at("nested")):
            for j in trange(3, desc="Inner", **self.at("nested")):
                pass
            tqdm(total=2, **self.at("nested")).update(2)
        task = self.services.ended("nested")  # the only one
        self.assertEqual((task["taskName"], task["done"], task["total"]), ("Outer", 4, 4))

    def test_a_bar_after_a_bar_is_a_task(self):
        for i in trange(2, **self.at("first")):
            pass
        through = tqdm(total=2, **self.at("second"))
        through.update(2)
        with tqdm(total=2, **self.at("third")):
            with tqdm(total=2, **self.at("inner")):
                pass
        through.close()
        for user in ("first", "second", "third"):
            self.assertEqual(self.services.ended(user)["status"], "succeeded")
        self.assertEqual(self.services.tasks("inner"), [])

    def test_bars_of_threads_are_tasks_side_by_side(self):
        def work(user):
            with tqdm(total=1, **self.at(user)):
                together.wait(20)

        together = threading.Barrier(2)
        threads = [threading.Thread(target=work, args=(user,)) for user in ("left-thread", "right-thread")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for user in ("left-thread", "right-thread"):
            self.assertEqual(self.services.ended(user)["status"], "succeeded")

    def test_a_postfix_is_pairs_or_text(self):
        for postfix, message in (("fast", "Copy fast"), ({"loss": 0.12345, "file": "a"}, "Copy loss=0.123, file=a")):
            user = f"postfix-{type(postfix).__name__}"
            tqdm(total=1, desc="Copy", postfix=postfix, **self.at(user)).close()
            self.assertEqual(self.services.ended(user)["message"], message)

    def test_write_prints(self):
        with redirect_stdout(StringIO()) as out:
            tqdm.write("a line")
        self.assertEqual(out.getvalue(), "a line\n")
