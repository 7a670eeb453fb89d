"""A program that takes tasks from the queue."""
import logging
import os
import signal
import threading
import time
import uuid
from typing import Any, Callable, Dict, List, Optional, TypeVar
from urllib.parse import quote

from ._errors import Failed, outcome_of
from ._http import Answer, Client, Unreachable
from ._insist import FIRST_BACKOFF, insist
from ._reporter import PATIENCE, Reporter
from ._settings import find_settings
from ._task import Task, checked_result

log = logging.getLogger("taskwire")

_STOPPED = {"error": {"reason": "WORKER_STOPPED", "message": "the worker ended in the middle of it", "retryable": True}}

Handler = TypeVar("Handler", bound=Callable[..., Any])


class WorkerTask(Task):
    """A task that was taken from the queue."""

    def __init__(self, reporter: Reporter, raise_on_cancel: bool, assignment: Dict[str, Any]) -> None:
        super().__init__(reporter, raise_on_cancel)
        task = assignment["task"]
        self.type: str = task["type"]
        self.params: Dict[str, Any] = task["params"]
        self.user: str = task["userId"]
        self.name: str = task["taskName"]
        self.attempt: int = task["attempt"]


class Worker:
    """Does tasks of types that functions are given for, several at a time, each in a thread.

        worker = taskwire.Worker(parallel=4)

        @worker.task("resize")
        def resize(task):
            task.progress(1, 2)
            return {"width": 800}

        worker.run()
    """

    def __init__(
        self,
        name: Optional[str] = None,
        *,
        parallel: int = 1,
        wait_ms: int = 30_000,
        url: Optional[str] = None,
        token: Optional[str] = None,
    ) -> None:
        """name: for people. parallel: tasks at a time. wait_ms: how long one claim waits, at most 60,000."""
        if not isinstance(parallel, int) or parallel < 1:
            raise ValueError(f"parallel is the number of tasks at a time, at least 1, not {parallel!r}")
        if not isinstance(wait_ms, int) or not 0 <= wait_ms <= 60_000:
            raise ValueError(f"wait_ms is a whole number from 0 to 60000, not {wait_ms!r}")
        self._settings = find_settings(url, None, token)
        self._name = name or self._settings.worker
        self._parallel = parallel
        self._wait_ms = wait_ms
        self._handlers: Dict[str, Callable[[WorkerTask], Any]] = {}
        self._raises: Dict[str, bool] = {}
        self._types: Dict[str, Dict[str, Any]] = {}
        self._told = ""  # what was last said of a service that cannot be asked
        self._is_stopping = False
        self._lock = threading.Lock()
        self._claiming: List[Client] = []
        self._wakeup: Optional[int] = None

    def task(
        self, type: str, *, register: Optional[Dict[str, Any]] = None, raise_on_cancel: bool = True
    ) -> Callable[[Handler], Handler]:
        """Says which function does tasks of this type. What it returns, a dict or None, is the result.

        register: what to make the type known by, as `PUT /api/task-types/{type}` takes it, `{}` for anything. Without it the
        type has to be known.
        """

        def take(handler: Handler) -> Handler:
            self._handlers[type] = handler
            self._raises[type] = raise_on_cancel
            if register is not None:
                self._types[type] = register
            return handler

        return take

    def run(self) -> None:
        """Works until `stop`, SIGTERM or SIGINT; then claims no more, finishes what it has, and returns. Only the main thread hears signals.

        Raises ValueError where the service does not take a type or a claim.
        """
        if not self._handlers:
            raise ValueError("the worker has no function; give it one by @worker.task(\"type\")")
        end, self._wakeup = os.pipe()
        is_main = threading.current_thread() is threading.main_thread()
        old = {sig: signal.signal(sig, self._on_signal) for sig in (signal.SIGTERM, signal.SIGINT)} if is_main else {}
        refusals: List[Exception] = []
        threads = [threading.Thread(target=self._work, args=(refusals,), name=f"taskwire worker {i}", daemon=True) for i in range(self._parallel)]
        try:
            self._register()
            for thread in threads:
                thread.start()
            if not self._is_stopping:
                os.read(end, 1)
            self._stop_claiming()
            for thread in threads:
                thread.join()
        finally:
            for sig, handler in old.items():
                signal.signal(sig, handler)
            wakeup, self._wakeup = self._wakeup, None
            os.close(end)
            os.close(wakeup)
        if refusals:
            raise refusals[0]

    def stop(self) -> None:
        """Has `run` return when what is under way is done. From any thread, and from signal handlers."""
        self._is_stopping = True
        if self._wakeup is not None:
            os.write(self._wakeup, b".")

    def _on_signal(self, number: int, frame: Any) -> None:
        if self._is_stopping and number == signal.SIGINT:
            raise KeyboardInterrupt  # the second says that nobody waits any more
        self.stop()

    def _stop_claiming(self) -> None:
        """Whoever claims hears at once what became of it."""
        with self._lock:
            for client in self._claiming:
                client.hang_up()

    def _register(self) -> None:
        client = Client(self._settings.url, self._settings.token)
        try:
            for type, settings in self._types.items():
                answer = self._insist(lambda: client.request("PUT", f"/api/task-types/{quote(type, safe='')}", settings, PATIENCE))
                if answer and answer.status >= 300:
                    raise ValueError(f"type {type}: {answer.detail}")
        finally:
            client.close()

    def _work(self, refusals: List[Exception]) -> None:
        client = Client(self._settings.url, self._settings.token)
        try:
            while not self._is_stopping:
                for assignment in self._claim(client):
                    self._do(assignment)
        except Exception as error:
            refusals.append(error)
            self.stop()
        finally:
            client.close()

    def _claim(self, client: Client) -> List[Dict[str, Any]]:
        body = {"worker": self._name, "types": list(self._handlers), "max": 1, "waitMs": self._wait_ms}
        key = str(uuid.uuid4())
        attempts = 0

        def ask() -> Answer:
            nonlocal attempts
            with self._lock:
                if self._is_stopping:
                    raise Unreachable("the worker stops")
                self._claiming.append(client)
            attempts += 1
            try:
                answer = client.post("/api/work/claim", body, self._wait_ms / 1000 + PATIENCE, key)
            finally:
                with self._lock:
                    self._claiming.remove(client)
            if answer.status == 200 and not isinstance(answer.body.get("assignments"), list):
                raise Unreachable("what answers there is no taskwire")
            return answer

        answer = self._insist(ask)
        if answer is None and attempts:
            attempts += 1
            answer = self._outcome_of_claim(body, key)
        if answer is None:
            return []
        if answer.status >= 300:
            raise ValueError(f"a claim was refused: {answer.detail}")
        assignments = answer.body.get("assignments", [])
        return [one for one in assignments if attempts == 1 or self._is_valid(one)]

    def _outcome_of_claim(self, body: Dict[str, Any], key: str) -> Optional[Answer]:
        """Of one that was given up, and may have been answered at the same moment: its key keeps that. None where nobody tells in time.

        Another claim with the key is refused if that was used, and else answered in a moment, perhaps with a last task.
        """
        client = Client(self._settings.url, self._settings.token)
        deadline = time.monotonic() + self._settings.exit_wait
        try:
            while time.monotonic() < deadline:
                try:
                    answer = client.post("/api/work/claim", {**body, "waitMs": 50}, PATIENCE, key)
                    if answer.reason == "IDEMPOTENCY_KEY_REUSED":
                        answer = client.post("/api/work/claim", body, PATIENCE, key)
                    if not answer.is_passing:
                        return answer
                except Unreachable as error:
                    log.debug("taskwire: %s", error)
                time.sleep(FIRST_BACKOFF)
            return None
        finally:
            client.close()

    def _is_valid(self, assignment: Dict[str, Any]) -> bool:
        """What comes late, since the first answer was lost, may be another's by now."""
        client = Client(self._settings.url, self._settings.token)
        answer = self._insist(lambda: client.post("/api/work/report", {"lease": assignment["lease"]}, PATIENCE))
        client.close()
        return answer is not None and answer.status == 200

    def _do(self, assignment: Dict[str, Any]) -> None:
        task = assignment["task"]
        begin = lambda client: Answer(200, assignment, 0)
        reporter = Reporter(self._settings, task["taskName"], begin, lambda: dict(_STOPPED), stops_when_lost=True)
        work = WorkerTask(reporter, self._raises[task["type"]], assignment)
        try:
            made = self._invoke(self._handlers[task["type"]], work)
            outcome = {"result": checked_result(work.result if made is None else made)}
        except BaseException as error:
            outcome = outcome_of(error)
            if "error" in outcome:
                outcome["error"]["retryable"] = bool(error.retryable) if isinstance(error, Failed) else True
                log.warning("task %s ('%s') failed", task["taskId"], task["taskName"], exc_info=error)
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                self.stop()
        work._end(outcome)
        while not work.wait_told(1.0):
            if self._is_stopping:
                work.wait_told(self._settings.exit_wait)
                break

    def _invoke(self, handler: Callable[[WorkerTask], Any], work: WorkerTask) -> Any:
        return handler(work)

    def _insist(self, ask: Callable[[], Answer]) -> Optional[Answer]:
        """The answer; None where the worker was stopped before one came."""
        failures = 0

        def pause(seconds: float, why: str) -> bool:
            nonlocal failures
            failures += 1
            if failures > 1 and why != self._told and not self._is_stopping:  # one alone may be a connection that had ended meanwhile
                self._told = why
                log.warning("a taskwire worker waits: %s %s", self._settings.url, why)
            until = time.monotonic() + seconds
            while not self._is_stopping and time.monotonic() < until:
                time.sleep(min(0.1, max(0.0, until - time.monotonic())))
            return not self._is_stopping

        answer = insist(ask, pause)
        if answer is not None:
            self._told = ""
        return answer
