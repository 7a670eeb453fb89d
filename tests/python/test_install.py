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
            source, made = Path(folder, "python"), Path(folder, "venv")
            shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
            environment = clean_environment()
            del environment["PYTHONPATH"]
            run = lambda *command: subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300)
            venv = run(sys.executable, "-m", "venv", str(made))
            if venv.returncode != 0:
                self.skipTest(f"this Python makes no venv: {venv.stdout[-300:]}{venv.stderr[-300:]}")
            python = str(made / "bin" / "python")
            installed = run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(source))
            if "setuptools" in installed.stderr and "No matching distribution" in installed.stderr:
                self.skipTest(f"setuptools cannot be had, since PyPI did not answer: {installed.stderr[-300:]}")
            self.assertEqual(installed.returncode, 0, installed.stderr)
            packages = run(python, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check").stdout
            others = [name for name in packages.split() if not name.startswith(("pip=", "setuptools=", "wheel="))]
            self.assertEqual(others, ["taskwire==0.1.0"])
            code = "import taskwire, pathlib; print((pathlib.Path(taskwire.__file__).parent / 'py.typed').exists(), taskwire.__file__)"
            self.assertTrue(run(python, "-c", code).stdout.startswith(f"True {made}"))
