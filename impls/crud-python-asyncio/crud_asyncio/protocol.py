"""uvicorn's connection, whose errors are problems too."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from crud.problems import Problem
from program.problems import MEDIA_TYPE

FRAMING = (b"content-length", b"transfer-encoding")


class ProblemProtocol(HttpToolsProtocol):
    """What the parser rejects is answered as application/problem+json, where uvicorn would write plain text."""

    def on_headers_complete(self) -> None:
        # What a callback raises is answered like what the parser finds itself.
        if b"#" in self.url:
            raise ValueError("a request target has no fragment")
        # No protocol is upgraded to. The parser ends at such a head all the same: a body behind it would be lost
        # without a word, and so would the next request on the connection.
        asks_to_upgrade = self.parser.should_upgrade()
        if asks_to_upgrade and any(name in FRAMING and value != b"0" for name, value in self.headers):
            raise ValueError("a request that asks to upgrade has no body")
        super().on_headers_complete()
        # Trailers come by the same callback. They end here: what the application has read as headers must not grow.
        self.headers = []
        if asks_to_upgrade:
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        body = Problem("malformed-request", msg).body()
        head = (
            f"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
            f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
