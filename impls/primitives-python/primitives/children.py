"""What runs in child processes, some of it in threads too. It imports no more than a child needs: starting and holding
children is what is measured."""

import socket
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event, Semaphore

TYPE_CHECKING = False  # without typing, which nothing else here imports
if TYPE_CHECKING:
    from typing import NoReturn

    from primitives.mailbox import Mailbox

MESSAGE_BYTES = 8


def count_one(counter: Semaphore) -> None:
    counter.release()


def wait_for_signal(signal: Event, started: Semaphore, counted: Semaphore) -> None:
    started.release()
    signal.wait()
    counted.release()


def answer_queue(there: "Mailbox", back: "Mailbox") -> "NoReturn":
    back.put(0)  # it is there
    while True:
        back.put(there.get() + 1)


def answer_socket(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while message := connection.recv(MESSAGE_BYTES, socket.MSG_WAITALL):
            answer = int.from_bytes(message, "little") + 1
            connection.sendall(answer.to_bytes(MESSAGE_BYTES, "little"))


def produce(shares: "Mailbox", channel: "Mailbox") -> "NoReturn":
    channel.put(0)  # it is there
    while True:
        for value in range(shares.get()):
            channel.put(value)


def sort_part(connection: Connection) -> None:
    """Is sent 32-bit integers and sends them back sorted."""
    from array import array  # noqa: PLC0415

    from primitives.merge_sort import merge_sort  # noqa: PLC0415

    part = array("i", connection.recv_bytes()).tolist()
    merge_sort(part)
    connection.send_bytes(array("i", part))
