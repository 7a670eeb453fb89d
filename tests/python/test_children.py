import multiprocessing
import os
import tempfile
import unittest
from pathlib import Path

from scripted import LEASE, ScriptedEdge, well
from services import Services, run_python


@unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
class ForkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = Services()
        cls.addClassCleanup(cls.services.stop)

    def test_a_forked_child_tells_nothing_of_its_parents_task(self):
        code = (
            "import os, taskwire\n"
            "with taskwire.task('Parent') as t:\n"
            "  child = os.fork()\n"
            "  if child == 0:\n"
            "    t.progress(7, 8)\n"
            "    for row in taskwire.track([1], name='Child', user='forked-child'): pass\n"
            "    raise SystemExit(0)\n"
            "  os.waitpid(child, 0)\n"
            "  t.progress(1, 2)\n"
        )
        ended = run_python(code, TASKWIRE_URL=self.services.url, TASKWIRE_USER="forked")
        self.assertEqual(ended.stderr, "", ended.stderr)
        task = self.services.ended("forked")
        self.assertEqual((task["status"], task["total"]), ("succeeded", 2))
        self.assertEqual(self.services.ended("forked-child")["status"], "succeeded")

    def test_a_fork_while_others_hold_the_locks_stops_no_child(self):
        code = (
            "import os, signal, taskwire, threading\n"
            "from taskwire import _exit, _task\n"
            "held = threading.Event()\n"
            "def hold():\n"
            "  with _exit._lock, _task._lock: held.set(); threading.Event().wait()\n"
            "threading.Thread(target=hold, daemon=True).start()\n"
            "held.wait()\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "  signal.alarm(20)\n"
            "  with taskwire.task('Child') as t: pass\n"
            "  os._exit(0 if t.wait_told(20) else 1)\n"
            "os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0)\n"
        )
        edge = ScriptedEdge(well)
        self.addCleanup(edge.stop)
        ended = run_python(code, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual(edge.bodies("/report"), [{"lease": LEASE, "progress": {"stage": "Child"}}])

    def test_below_a_wrapper_a_child_reports_too(self):
        code = (
            "import os, taskwire\n"
            "with taskwire.task('Parent'):\n"
            "  child = os.fork()\n"
            "  if child == 0:\n"
            "    with taskwire.task('Child') as t: pass\n"
            "    os._exit(0 if t.wait_told(20) else 1)\n"
            "  os.waitpid(child, 0)\n"
        )
        edge = ScriptedEdge(well)
        self.addCleanup(edge.stop)
        self.assertEqual(run_python(code, TASKWIRE_URL=edge.url, TASKWIRE_LEASE=LEASE).returncode, 0)
        self.assertEqual(sorted(body["progress"]["stage"] for body in edge.bodies("/report")), ["Child", "Parent"])


class MultiprocessingTest(unittest.TestCase):
    """Its children end without atexit."""

    CODE = """
import multiprocessing, sys, taskwire

def work(user, method):
    at = {"user": f"{user}-{method}"}
    if user == "block":
        with taskwire.task("Child", **at) as t:
            t.result = {"n": 1}
    elif user == "loop":
        for row in taskwire.track([1, 2, 3], **at): break
    elif user == "open":
        taskwire.task("Child", **at)
    else:
        for row in taskwire.track("1x", **at): int(row)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with taskwire.task("Parent", user="parent-" + sys.argv[1]):
        children = [context.Process(target=work, args=(user, sys.argv[1])) for user in ("block", "loop", "open", "dies")]
        try:
            1 / 0
        except ZeroDivisionError:
            for child in children: child.start()
        for child in children: child.join()
    print([child.exitcode for child in children])
"""

    def test_their_tasks_are_told_to_the_end(self):
        services = Services()
        self.addCleanup(services.stop)
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "program.py")
            program.write_text(self.CODE)
            for method in multiprocessing.get_all_start_methods():
                code = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
                ended = run_python(code, str(program), method, TASKWIRE_URL=services.url)
                self.assertEqual(ended.stdout, "[0, 0, 0, 1]\n", ended.stderr)
                told = {user: services.ended(f"{user}-{method}") for user in ("parent", "block", "loop", "open", "dies")}
                self.assertEqual({user: task["status"] for user, task in told.items()},
                                 {"parent": "succeeded", "block": "succeeded", "loop": "succeeded", "open": "cancelled", "dies": "failed"}, method)
                self.assertEqual(told["block"]["result"], {"n": 1})
                self.assertEqual(told["dies"]["error"]["reason"], "VALUE_ERROR")
