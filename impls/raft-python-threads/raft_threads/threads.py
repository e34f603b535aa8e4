"""A thread a node. A Python thread cannot be killed: one that crashed is fenced and ends when it looks up next.

The fence has three parts: its end of the mesh is cut, and a successor has another (nothing it still sends arrives);
its runner is dropped (it carries out no effect more) and its file closed under the writer's lock before anybody opens
it again; what it still reports to the event loop comes from an incarnation that is no longer the slot's.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from threading import Thread

from raft.core.messages import Message
from raft.host.config import Config
from raft.host.mail import Answer, LagBehind, Mail, RoleReport
from raft.host.mesh import End, Mesh
from raft.host.runner import Ports, Runner
from raft.host.slot import Events, Site
from raft_threads.mailbox import Mailbox


class ThreadSpawn:
    def __init__(self, config: Config, executor: Executor) -> None:
        self._site = Site(config, Mesh(), executor)

    def __call__(self, node_id: int, incarnation: int, events: Events) -> "ThreadCarrier":
        carrier = ThreadCarrier(self._site, node_id, incarnation, events)
        self._site.mesh.join(node_id, carrier.end)
        carrier.start()
        return carrier


class ThreadCarrier:
    """One incarnation: its thread and its mailbox."""

    def __init__(self, site: Site, node_id: int, incarnation: int, events: Events) -> None:
        loop = asyncio.get_running_loop()
        self._mailbox = Mailbox(site.config.network_delay_us)
        self.end = End(self._mailbox.receive)

        def send(message: Message, sent_us: int) -> None:
            site.mesh.send(self.end, message, sent_us)

        def answered(answers: Sequence[Answer]) -> None:
            loop.call_soon_threadsafe(events.answered, answers)

        def role_changed(report: RoleReport) -> None:
            loop.call_soon_threadsafe(events.role_changed, report)

        def failed(reason: str) -> None:
            loop.call_soon_threadsafe(events.failed, reason)

        ports = Ports(send, answered, role_changed, self.post, failed)
        self.runner = Runner(site.config, node_id, incarnation, ports, site.executor)
        self._thread = Thread(target=self._run, name=f"node-{node_id}.{incarnation}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def post(self, mail: Mail) -> None:
        self._mailbox.post(mail)

    async def drop(self) -> None:
        self.runner.drop()
        # Wakes it, so that it ends soon and not at its deadline.
        self.post(LagBehind(0))
        await asyncio.to_thread(self.runner.close)

    def _run(self) -> None:
        runner, mailbox = self.runner, self._mailbox
        while not runner.is_dropped:
            runner.take(mailbox.take(runner.deadline_us))
