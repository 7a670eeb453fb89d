"""A thread that tells how one task goes, whatever becomes of the way there."""
import logging
import os
import threading
import time
from typing import Any, Callable, Dict, Optional

from . import _exit
from ._http import Answer, Client
from ._insist import FIRST_BACKOFF, MOST_BACKOFF, insist
from ._settings import Settings, tell_wrapper

log = logging.getLogger("taskwire")

PACE = 0.1  # seconds between two reports
PATIENCE = 10.0  # for an answer
IDLE = 2.0  # a cancel is heard of by reports
UNANSWERED = "has not answered yet"


class Refused(Exception):
    """Nothing more can be told; the text says why."""


class Reporter:
    """Tells progress and the end of one task, one request at a time, the newest first of what waits. Thread-safe.

    `begin` asks for the lease: its answer has `lease` and `leaseMs`. A report that got no answer is repeated with its number;
    what came meanwhile follows as one report. `stops_when_lost`: whoever has the lease then does the work.
    """

    _renews = True

    def __init__(
        self,
        settings: Settings,
        name: str,
        begin: Callable[[Client], Answer],
        on_exit: Callable[[], Dict[str, Any]],
        stops_when_lost: bool = False,
    ) -> None:
        self.name = name
        self.settings = settings
        self._begin = begin
        self._on_exit = on_exit
        self._stops_when_lost = stops_when_lost
        self._changed = threading.Condition()
        self._pending: Dict[str, Any] = {}
        # Gives what changed since the last `progress`, None for nothing; looked at once PACE after that. For loops, which do not wait for locks.
        self.newest: Optional[Callable[[], Optional[Dict[str, Any]]]] = None
        self._outcome: Optional[Dict[str, Any]] = None
        self._end_after = 0.0
        self._seq = 0
        self._lease = ""
        self._lease_s = 0.0
        self.task: Dict[str, Any] = {}
        self.cancel_requested = False
        self.is_lost = False
        self.done = threading.Event()  # nothing more will be told
        self._is_exiting = False
        self.trouble = UNANSWERED  # why there is no answer, to be said after the service's URL
        try:
            _exit.register(self)
            threading.Thread(target=self._run, name=f"taskwire {name}", daemon=True).start()
        except RuntimeError as error:  # the interpreter ends, or there are too many threads or tasks
            log.warning("taskwire is not told how '%s' goes, which goes on: %s", name, error)
            self.done.set()
            _exit.forget(self)

    @property
    def is_open(self) -> bool:
        """Whether it takes more."""
        return self._outcome is None and not self.done.is_set()

    def progress(self, changes: Dict[str, Any]) -> None:
        """Takes what has changed; never waits."""
        if self.done.is_set() or not changes:
            return
        with self._changed:
            if self._outcome is None:
                self._pending.update(changes)
                self._changed.notify()

    def end(self, outcome: Dict[str, Any], hold: float = 0.0) -> None:
        """Takes how it ended, the first time; never waits. Within `hold` seconds `amend` may know better."""
        with self._changed:
            if self._outcome is None:
                self._pending = self._take()  # here, where the loop is that knows it
                self._outcome = outcome
                self._end_after = time.monotonic() + hold
                self._changed.notify()

    def amend(self, outcome: Dict[str, Any]) -> None:
        """Knows better how it ended, while that is held back."""
        with self._changed:
            if self._outcome is not None and self._end_after:
                self._outcome, self._end_after = outcome, 0.0
                self._changed.notify()

    def end_at_exit(self) -> None:
        """The program ends, and nobody has ended this."""
        self.end(self._on_exit())
        with self._changed:
            self._end_after, self._is_exiting = 0.0, True
            self._changed.notify()

    def forget(self) -> None:
        """In a forked child: its parent goes on telling."""
        self._changed = threading.Condition()
        self.done = threading.Event()
        self.done.set()

    def _run(self) -> None:
        client: Optional[Client] = None
        try:
            client = Client(self.settings.url, self.settings.token)
            self._open(client)
            while self._report(client):
                pass
            self._finish(client)
        except (Refused, ValueError) as error:
            what_next = "is to stop" if self.cancel_requested else "goes on"
            log.warning("taskwire is not told any more how '%s' goes, which %s: %s", self.name, what_next, error)
        except Exception:  # a fault of this library; the work is not to suffer
            log.exception("taskwire is not told any more how '%s' goes, which goes on", self.name)
        finally:
            if client:
                client.close()
            self.done.set()
            _exit.forget(self)

    def _open(self, client: Client) -> None:
        answer = self._insist(client, lambda: self._begin(client))
        self._check(answer)
        if "lease" not in answer.body:
            raise Refused(f"what answers at {self.settings.url} is no taskwire")
        self.task = answer.body.get("task") or answer.body
        self._lease = answer.body["lease"]
        self._lease_s = answer.body["leaseMs"] / 1000

    def _report(self, client: Client) -> bool:
        """Waits for something to tell, but no longer than a cancel may take or the lease lasts; whether there will be more."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._pending or self.newest) or self._outcome is not None, min(self._lease_s / 3 or IDLE, IDLE))
            if self._outcome is not None:
                while self._end_after > time.monotonic():
                    self._changed.wait(self._end_after - time.monotonic())
                self._end_after = 0.0
                return False
            changes = self._take()
        if not changes and not self._renews:
            return True
        sent_at = time.monotonic()
        body = self._body(changes)
        answer = self._insist(client, lambda: client.post("/api/work/report", body, self._patience()), lambda: self._outcome is not None)
        if answer is None:  # it ended meanwhile, which tells this too
            with self._changed:
                self._pending = {**changes, **self._pending}
            return True
        if answer.status == 200:
            self._renewed(answer)
            self.cancel_requested = self.cancel_requested or bool(answer.body.get("cancelRequested"))
        elif answer.reason == "INVALID_PROGRESS":
            log.warning("taskwire did not take a report of '%s': %s", self.name, answer.detail)
        else:
            self._check(answer)
        with self._changed:
            self._changed.wait_for(lambda: self._outcome is not None, max(0.0, sent_at + PACE - time.monotonic()))
        return True

    def _take(self) -> Dict[str, Any]:
        newest, self.newest = self.newest, None
        changes, self._pending = self._pending, {}
        try:
            return {**changes, **(newest and newest() or {})}
        except Exception:  # whoever tells progress meets that too
            return changes

    def _renewed(self, answer: Answer) -> None:
        self._lease_s = answer.body.get("leaseMs", self._lease_s * 1000) / 1000

    def _body(self, changes: Dict[str, Any]) -> Dict[str, Any]:
        if not changes:
            return {"lease": self._lease}
        self._seq += 1
        return {"lease": self._lease, "seq": self._seq, "progress": changes}

    def _finish(self, client: Client) -> None:
        with self._changed:
            body = {"lease": self._lease, **(self._outcome or {})}
            changes = self._take()
            if changes:
                body["progress"] = changes
        answer = self._insist(client, lambda: client.post("/api/work/finish", body, PATIENCE))
        if answer.status in (400, 413):  # so that it ends at all
            log.warning("taskwire did not take how '%s' ended: %s", self.name, answer.detail)
            error = {"reason": answer.reason, "message": answer.detail}
            last = {"lease": self._lease, "error": error}
            answer = self._insist(client, lambda: client.post("/api/work/finish", last, PATIENCE))
        if answer.reason != "ALREADY_FINISHED":
            self._check(answer)
        self.task = answer.body

    def _insist(self, client: Client, ask: Callable[[], Answer], is_idle: Optional[Callable[[], bool]] = None) -> Any:
        """Asks until there is an answer that will not change; None where `is_idle` says meanwhile that none is wanted."""

        def pause(seconds: float, why: str) -> bool:
            self.trouble = why
            with self._changed:
                is_exiting = self._is_exiting
                if is_exiting:
                    seconds = min(seconds, FIRST_BACKOFF)
                self._changed.wait_for(lambda: bool(is_idle and is_idle()) or self._is_exiting != is_exiting, seconds)
                return not (is_idle and is_idle())

        answer = insist(ask, pause, min(MOST_BACKOFF, self._lease_s / 6 or MOST_BACKOFF))
        if answer is not None:
            self.trouble = UNANSWERED
        return answer

    def _patience(self) -> float:
        return max(1.0, min(PATIENCE, self._lease_s / 3 or PATIENCE))

    def _check(self, answer: Answer) -> None:
        if answer.reason == "LEASE_LOST":
            self.is_lost = True
            self.cancel_requested = self.cancel_requested or self._stops_when_lost
            raise Refused("its lease is over, since it could not be renewed in time, or the task was stopped (LEASE_LOST)")
        if answer.status >= 300:
            raise Refused(answer.detail)


class Joined(Reporter):
    """Reports to the task that `taskwire run` or `taskwire work` made of this program, and never ends it."""

    _renews = False  # the wrapper does, and hears of a cancel

    def __init__(self, settings: Settings, name: str, lease: str) -> None:
        self._wrappers_lease = lease
        tell_wrapper()
        super().__init__(settings, name, lambda client: Answer(0, {}, 0), lambda: {})

    def _open(self, client: Client) -> None:
        self.task = {"taskId": os.environ.get("TASKWIRE_TASK")}
        self._lease = self._wrappers_lease

    def _renewed(self, answer: Answer) -> None:
        pass  # that is the wrapper's

    def _body(self, changes: Dict[str, Any]) -> Dict[str, Any]:
        return {"lease": self._lease, "progress": changes}

    def _finish(self, client: Client) -> None:
        with self._changed:
            last = self._take()
        if last:
            self._check(self._insist(client, lambda: client.post("/api/work/report", self._body(last), PATIENCE)))


class Silent:
    """In the place of a reporter: tells nothing."""

    name = ""
    cancel_requested = is_lost = is_open = False
    newest: Any = None

    def __init__(self) -> None:
        self.task: Dict[str, Any] = {}
        self.done = threading.Event()
        self.done.set()

    def progress(self, changes: Dict[str, Any]) -> None:
        pass

    def end(self, outcome: Dict[str, Any], hold: float = 0.0) -> None:
        pass
