"""One cluster at a time works on a folder."""

import errno
import os
import socket
import stat
from pathlib import Path


class CannotStart(Exception):
    """One line for standard error, and exit code 3."""


def lock_folder(folder: str) -> socket.socket:
    """Holds a folder for this program, as long as it lives and no longer.

    A Linux abstract socket named after the folder's device and inode: nothing is left behind by a program that is
    killed.
    """
    try:
        found = Path(folder).stat()
    except OSError as error:
        raise CannotStart(f"DATA_DIR {folder}: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or not os.access(folder, os.W_OK | os.X_OK):
        raise CannotStart(f"DATA_DIR {folder} is no folder that can be written to")
    return _bind(f"\0paceline-raft:{found.st_dev}:{found.st_ino}", f"DATA_DIR {folder} is in use by another cluster")


def _bind(name: str, refusal: str) -> socket.socket:
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        lock.bind(name)
    except OSError as error:
        lock.close()
        raise CannotStart(refusal if error.errno == errno.EADDRINUSE else str(error)) from error
    return lock
