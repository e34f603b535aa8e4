"""Answers that Flask has no class for."""

from flask import Response


class BodilessResponse(Response):
    """204 and 304: no bytes, so no media type either, where Flask would say text/html."""

    default_mimetype = None
