"""Shows the progress of a Python program live in taskwire, and takes work from its queue.

    for row in taskwire.track(rows, name="Import", user="alice"):
        ...
    with taskwire.task("Import") as t:
        t.progress(5, 10, "files")

The work never fails or waits because of taskwire: a thread reports, and goes on trying while the service is away.
"""
from . import aio
from ._errors import Cancelled, Failed
from ._task import Task, task
from ._tqdm import tqdm, trange
from ._track import track
from ._worker import Worker, WorkerTask

__all__ = ["Cancelled", "Failed", "Task", "Worker", "WorkerTask", "aio", "task", "tqdm", "track", "trange"]
