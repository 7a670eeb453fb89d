"""Work with stages, told by hand; it stops when somebody cancels it.

    TASKWIRE_USER=alice python backup.py FOLDER COPY
"""
import shutil
import sys
from pathlib import Path

import taskwire

source, target = Path(sys.argv[1]), Path(sys.argv[2])
with taskwire.task("Backup") as t:
    t.progress(stage="Looking", indeterminate=True)
    files = [path for path in source.rglob("*") if path.is_file()]
    t.progress(0, len(files), "files", stage="Copying", indeterminate=False)
    for done, path in enumerate(files, 1):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
        t.progress(done, message=path.name)
    t.result = {"files": len(files)}
