import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from services import ENDED, PACKAGE, Services, clean_environment, until


class ExamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = Services()
        cls.addClassCleanup(cls.services.stop)

    def start(self, name, user, *arguments):
        command = [sys.executable, str(PACKAGE / "examples" / name), *map(str, arguments)]
        environment = clean_environment(TASKWIRE_URL=self.services.url, TASKWIRE_USER=user)
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.kill)
        return child

    def ends(self, child):
        out, err = child.communicate(timeout=30)
        self.assertEqual((child.returncode, err), (0, ""))
        return out

    def test_import_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = Path(folder, "rows.csv")
            rows.write_text("name,amount\na,1\nb,41\n")
            self.assertEqual(self.ends(self.start("import_rows.py", "import", rows)), "2 rows, 42 in all\n")
        task = self.services.ended("import")
        self.assertEqual((task["status"], task["taskName"], task["done"], task["unit"]), ("succeeded", "Import", 2, "rows"))

    def test_backup(self):
        with tempfile.TemporaryDirectory() as folder:
            source, copy = Path(folder, "source"), Path(folder, "copy")
            (source / "sub").mkdir(parents=True)
            for name in ("a", "sub/b"):
                (source / name).write_text(name)
            self.ends(self.start("backup.py", "backup", source, copy))
            self.assertEqual((copy / "sub" / "b").read_text(), "sub/b")
        task = self.services.ended("backup")
        self.assertEqual((task["status"], task["stage"], task["result"]), ("succeeded", "Copying", {"files": 2}))

    def test_worker(self):
        child = self.start("worker.py", "worker")
        known = lambda: [type for type in self.services.ask("GET", "/api/task-types")["types"] if type["type"] == "count-words"]
        until("the type is known", known)
        id = self.services.ask("POST", "/api/tasks/bob/start", {"type": "count-words", "params": {"text": "a b a"}})["taskId"]
        task = until("it has ended", lambda: (task := self.services.task("bob", id))["status"] in ENDED and task)
        self.assertEqual((task["status"], task["result"]), ("succeeded", {"counts": {"a": 2, "b": 1}}))
        child.send_signal(signal.SIGTERM)
        self.ends(child)
