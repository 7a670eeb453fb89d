"""Runs the tests of the Python package; ends with 77, which ctest counts as skipped, where the services are not there."""
import os
import sys
import unittest
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parents[1] / "tools" / "python")]

if __name__ == "__main__":
    from services import BIN

    missing = [name for name in ("taskwire-engine", "taskwire-edge") if not (BIN / name).exists()]
    if missing:
        print(f"SKIPPED: {BIN} has no {' and no '.join(missing)}; cure: cmake --build --preset dev", file=sys.stderr)
        sys.exit(77)
    for name in [name for name in os.environ if name.startswith("TASKWIRE_")]:
        del os.environ[name]
    names = sys.argv[1:]
    tests = unittest.defaultTestLoader.loadTestsFromNames(names) if names else unittest.defaultTestLoader.discover(str(here))
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(tests).wasSuccessful())
