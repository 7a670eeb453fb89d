"""One worker of a fleet: takes tasks of a type, works, and writes down what it was told, until it is ended.

worker.py NAME TYPE JOURNAL SEED URL...    Each URL is an edge; the journal gets a JSON object a line.
"""

import http.client
import json
import os
import random
import sys
import time
import urllib.parse

NAME, TYPE, JOURNAL, SEED, *URLS = sys.argv[1:]
HANGS = 0.01  # of the attempts, beyond the end of the lease
chance = random.Random(SEED)
journal = os.open(JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
connection = None


def note(what, task, attempt, **more):
    line = {"what": what, "task": task, "attempt": attempt, "worker": NAME, "at": time.monotonic(), **more}
    os.write(journal, (json.dumps(line) + "\n").encode())


def ask(path, body, patience):
    """The status and the answer of one request; raises OSError or HTTPException where there is none."""
    global connection
    if connection is None:
        url = urllib.parse.urlsplit(chance.choice(URLS))
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=patience)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except BaseException:
        connection.close()
        connection = None
        raise


def insist(path, body):
    """Asks until somebody knows: it does no harm to say the same again."""
    while True:
        sent = time.monotonic()
        try:
            status, answer = ask(path, body, 10)
            if status not in (429, 503, 504) and status < 500:
                return status, answer, sent
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(chance.uniform(0.01, 0.1))


def work(assignment):
    lease, task, attempt = assignment["lease"], assignment["task"]["taskId"], assignment["task"]["attempt"]
    note("begun", task, attempt)
    steps = chance.randrange(1, 4)
    offset = 0
    for seq in range(1, steps + 1):
        hangs = chance.random() < HANGS
        time.sleep(assignment["leaseMs"] / 1000 * 1.5 if hangs else chance.uniform(0, 0.02))
        mark = f"attempt {attempt} by {NAME}"
        text = f"{mark}, step {seq}\n"
        status, answer, sent = insist("/api/work/report", {
            "lease": lease, "seq": seq, "progress": {"done": seq, "total": steps, "message": mark, "stage": f"step {seq}"},
            "output": [{"offset": offset, "stream": "stdout", "text": text}]})
        if status != 200:
            return note("refused", task, attempt, reason=answer.get("reason"), hung=hangs)
        note("reported", task, attempt, sent=sent)
        offset += len(text)
    status, answer, sent = insist("/api/work/finish", {"lease": lease, "result": {"attempt": attempt, "worker": NAME, "steps": steps}})
    if status != 200:
        return note("refused", task, attempt, reason=answer.get("reason"), hung=False)
    note("finished", task, attempt, sent=sent)


while True:
    try:
        status, answer = ask("/api/work/claim", {"worker": NAME, "types": [TYPE], "max": 1, "waitMs": 5000}, 20)
    except (OSError, http.client.HTTPException, ValueError):
        status = 0
    if status != 200:
        time.sleep(chance.uniform(0.01, 0.1))
        continue
    for assignment in answer["assignments"]:
        work(assignment)
