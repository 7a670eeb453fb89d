import asyncio
import signal
import time
import unittest

import taskwire
from scripted import ScriptedEdge, well
from services import ENDED, Services, run_python, start_python, until

WORKER = """
import asyncio, sys, taskwire

worker = taskwire.aio.Worker(parallel=4)
count = 0

@worker.task("meet", register={})
async def meet(task):
    global count
    count += 1
    if count == 4:
        together.set()
    await together.wait()
    task.progress(1, 1)
    return {"count": count}

async def main():
    global together
    together = asyncio.Event()
    await worker.run()

asyncio.run(main())
print("ended")
"""


class AioTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = Services()
        cls.addClassCleanup(cls.services.stop)

    def at(self, user):
        return {"user": user, "url": self.services.url}

    def test_a_block(self):
        async def work():
            async with taskwire.aio.task("Import", **self.at("block")) as t:
                t.progress(5, 10, "files")
                await asyncio.sleep(0)
                t.result = {"files": 10}

        asyncio.run(work())
        task = self.services.ended("block")
        self.assertEqual((task["status"], task["result"], task["unit"]), ("succeeded", {"files": 10}, "files"))

    def test_a_block_that_is_cancelled_by_its_loop_or_fails(self):
        async def work(user, error):
            async with taskwire.aio.task("Import", **self.at(user)):
                if error:
                    raise error
                await asyncio.Event().wait()

        async def cancel():
            running = asyncio.ensure_future(work("cancelled", None))
            await asyncio.sleep(0)
            running.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await running

        asyncio.run(cancel())
        self.assertEqual(self.services.ended("cancelled")["status"], "cancelled")
        with self.assertRaises(ValueError):
            asyncio.run(work("failed", ValueError("bad")))
        self.assertEqual(self.services.ended("failed")["error"], {"reason": "VALUE_ERROR", "message": "bad"})

    def test_loops(self):
        async def rows(count):
            for i in range(count):
                await asyncio.sleep(0)
                yield i

        async def loop(user, rows, stop=None, fail=None, **more):
            async for row in taskwire.aio.track(rows, name="Loop", **self.at(user), **more):
                if row == stop:
                    break
                if row == fail:
                    raise ValueError("bad")

        async def generator_fails(user):
            async def rows():
                yield 1
                raise OSError("gone")

            await loop(user, rows())

        asyncio.run(loop("async", rows(4), total=4, unit="rows"))
        task = self.services.ended("async")
        self.assertEqual((task["status"], task["done"], task["total"], task["unit"]), ("succeeded", 4, 4, "rows"))
        asyncio.run(loop("list", [1, 2, 3]))
        self.assertEqual(self.services.ended("list")["total"], 3)
        asyncio.run(loop("break", rows(9), stop=3))
        self.assertEqual(self.services.ended("break")["status"], "succeeded")
        with self.assertRaises(ValueError):
            asyncio.run(loop("fails", rows(9), fail=3))
        self.assertEqual(self.services.ended("fails")["status"], "succeeded", "it does not learn of what was caught")
        with self.assertRaises(OSError):
            asyncio.run(generator_fails("rows-fail"))
        self.assertEqual(self.services.ended("rows-fail")["error"], {"reason": "OS_ERROR", "message": "gone"})

    def test_the_newest_count_of_a_loop_is_told_while_a_row_takes_long(self):
        async def loop():
            async for row in taskwire.aio.track(range(50), **self.at("newest")):
                if row == 49:
                    until("all that is done is told", lambda: (task := self.services.only("newest")) and task["done"] == 49)

        asyncio.run(loop())
        self.assertEqual(self.services.ended("newest")["done"], 50)

    def test_loops_over_the_same_are_tasks_with_counts_of_their_own(self):
        def answer(path, body):
            time.sleep(0.05)
            return well(path, body)

        edge = ScriptedEdge(answer)
        self.addCleanup(edge.stop)

        async def loop():
            rows = taskwire.aio.track(range(50), user="a", url=edge.url)
            for _ in range(3):
                async for row in rows:
                    await asyncio.sleep(0.001)

        asyncio.run(loop())
        until("all are told", lambda: len(edge.bodies("/finish")) == 3)
        self.assertEqual([body["progress"]["done"] for body in edge.bodies("/finish")], [50] * 3)

    def test_a_program_that_dies_of_an_exception_tells_it(self):
        code = (
            "import asyncio, taskwire\n"
            "async def main():\n"
            "  async for row in taskwire.aio.track('1x'): int(row)\n"
            "asyncio.run(main())\n"
        )
        run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="dies")
        self.assertEqual(self.services.ended("dies")["error"]["reason"], "VALUE_ERROR")

    @unittest.skipUnless(hasattr(asyncio.Task, "cancelling"), "a task does not tell that it is cancelled")
    def test_loops_of_a_task_that_is_cancelled(self):
        async def loop():
            async for _ in taskwire.aio.track([1, 2], **self.at("stopped-async")):
                for _ in taskwire.track([1, 2], **self.at("stopped")):
                    await asyncio.Event().wait()

        async def main():
            running = asyncio.ensure_future(loop())
            await asyncio.sleep(0)
            running.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await running

        asyncio.run(main())
        self.assertEqual(self.services.ended("stopped-async")["status"], "cancelled")
        self.assertEqual(self.services.ended("stopped")["status"], "cancelled")

    def test_a_cancel(self):
        async def loop():
            async for _ in taskwire.aio.track(iter(int, 1), **self.at("cancel")):
                task = self.services.only("cancel")
                if task and task["status"] == "running":
                    self.services.ask("POST", f"/api/tasks/cancel/{task['taskId']}/cancel")

        with self.assertRaises(taskwire.Cancelled):
            asyncio.run(loop())
        self.assertEqual(self.services.ended("cancel")["status"], "cancelled")

    def test_a_worker_does_tasks_side_by_side_and_ends_in_order(self):
        child = start_python(WORKER, TASKWIRE_URL=self.services.url)
        self.addCleanup(child.kill)
        types = lambda: [type for type in self.services.ask("GET", "/api/task-types")["types"] if type["type"] == "meet"]
        until("the worker is there", lambda: any(type["workers"] for type in types()))
        ids = [self.services.ask("POST", "/api/tasks/meet/start", {"type": "meet"})["taskId"] for _ in range(4)]
        for id in ids:
            task = until("it has ended", lambda: (task := self.services.task("meet", id))["status"] in ENDED and task)
            self.assertEqual((task["status"], task["result"]), ("succeeded", {"count": 4}))
        child.send_signal(signal.SIGTERM)
        self.assertEqual((*child.communicate(timeout=20), child.returncode), ("ended\n", "", 0))

    def test_a_worker_is_stopped_by_its_loop(self):
        async def run():
            worker = taskwire.aio.Worker(url=self.services.url)

            @worker.task("stopped", register={})
            async def do(task):
                pass

            running = asyncio.ensure_future(worker.run())
            loop = asyncio.get_running_loop()
            waits = lambda: any(type["type"] == "stopped" and type["workers"] for type in self.services.ask("GET", "/api/task-types")["types"])
            await loop.run_in_executor(None, until, "the worker is there", waits)
            running.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await running

        asyncio.run(asyncio.wait_for(run(), 20))
