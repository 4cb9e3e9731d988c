"""A receiver of webhooks, and the check of their signatures, with nothing but the standard library."""

import base64
import hashlib
import hmac
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Receiver:
    """Keeps what it is sent; it fails the first so many times, as receivers do."""

    def __init__(self, failures: int = 0):
        self.received: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((dict(self.headers), body))
                self.send_response(503 if len(outer.received) <= failures else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self.server.shutdown()


def is_genuine(secret: str, headers, body: bytes) -> bool:
    """As the inference API's document tells receivers to check."""
    sent = headers["X-MLflow-Timestamp"]
    if abs(time.time() - int(sent)) > 300:
        return False
    signed = f"{headers['X-MLflow-Delivery-Id']}.{sent}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, given) for given in headers["X-MLflow-Signature"].split())
