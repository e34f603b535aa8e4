"""Answers any GET with 200 and "ok" until standard input brings a line, or its end."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
Thread(target=server.serve_forever, daemon=True).start()
print('{"type":"ready","doneCount":0,"osThreadCount":null,"processCount":1}', flush=True)
sys.stdin.readline()
