"""An edge that answers as it is told, for what a real one cannot be made to do."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LEASE = "0" * 32


class ScriptedEdge:
    """Keeps each request as (path, body, headers); `answer(path, body)` gives a status and a body, or None to hang up."""

    def __init__(self, answer=lambda path, body: None):
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, body, dict(self.headers)))
                told = answer(self.path, body)
                if told is None:
                    self.close_connection = True
                    return
                text = json.dumps(told[1]).encode()
                self.send_response(told[0])
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_POST

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def bodies(self, path):
        return [body for at, body, _ in self.requests if at.endswith(path)]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


def well(path, body):
    """What an edge answers when all is well."""
    if path.endswith("/start"):
        return 202, {"taskId": "abcdefghijkl", "lease": LEASE, "leaseMs": 30_000}
    return 200, {"leaseMs": 30_000, "cancelRequested": False}
