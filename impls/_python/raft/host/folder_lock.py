"""One cluster at a time works on a folder."""

import errno
import os
import socket
import stat


class CannotStart(Exception):
    """One line for standard error, and exit code 3."""


def lock_folder(folder: str) -> socket.socket:
    """Holds a folder for this program, as long as it lives and no longer.

    A Linux abstract socket named after the folder's device and inode: nothing is left behind by a program that is
    killed.
    """
    found = os.stat(folder)  # noqa: PTH116  (the error names the folder)
    if not stat.S_ISDIR(found.st_mode):
        raise CannotStart(f"DATA_DIR {folder} is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotStart(f"DATA_DIR {folder} is not writable")
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        lock.bind(f"\0paceline-raft:{found.st_dev}:{found.st_ino}")
        # Node's and Go's hosts listen: two that only bind would refuse each other all the same.
        lock.listen()
    except OSError as error:
        lock.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(f"DATA_DIR {folder} is in use by another cluster") from error
        raise
    return lock
