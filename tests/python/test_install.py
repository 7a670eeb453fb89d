import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from services import PACKAGE, clean_environment


class InstallTest(unittest.TestCase):
    def test_pip_installs_it_with_its_types_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "python"), Path(folder, "installed")
            shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--target", str(target), str(source)]
            made = subprocess.run(pip, env=clean_environment(), capture_output=True, text=True, timeout=300)
            if made.returncode != 0:
                if "No module named pip" in made.stderr or "setuptools" in made.stderr:
                    self.skipTest(f"this Python has no pip, or PyPI did not answer: {made.stderr[-300:]}")
                self.fail(made.stderr)
            self.assertEqual(sorted(path.name.split("-")[0] for path in target.iterdir()), ["taskwire", "taskwire"])
            self.assertTrue((target / "taskwire" / "py.typed").exists())
            code = "import taskwire; print(taskwire.__file__, *sorted(taskwire.__all__))"
            out = subprocess.run([sys.executable, "-c", code], cwd=folder, env=clean_environment(PYTHONPATH=str(target)), capture_output=True, text=True, check=True)
            self.assertIn(str(target), out.stdout)
