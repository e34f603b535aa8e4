"""Problem documents (RFC 9457)."""

import json

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Raised anywhere while answering a request. Each service derives its own, with its kinds."""

    def __init__(self, kind: str, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status = status
        self.title = title
        self.detail = detail

    def body(self) -> bytes:
        members = {
            "type": f"urn:paceline:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return json.dumps(members).encode()
