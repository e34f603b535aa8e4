"""A task a node, with a queue for its mail."""

import asyncio
from concurrent.futures import Executor

from raft.core.inputs import Tick
from raft.core.messages import Message
from raft.host.config import Config
from raft.host.mail import MAX_WAITING, Mail
from raft.host.mesh import End, Mesh, Parcel, arrive
from raft.host.runner import Ports, Runner
from raft.host.slot import Events, Site
from raft_asyncio.alarm import Alarm
from raft_asyncio.delay_line import DelayLine


class TaskSpawn:
    """The nodes of a cluster on the running event loop, with one line for all messages between them."""

    def __init__(self, config: Config, executor: Executor) -> None:
        line = DelayLine(config.network_delay_us, arrive)
        mesh = Mesh(line.push if config.network_delay_us > 0 else arrive)
        self._site = Site(config, mesh, executor)

    def __call__(self, node_id: int, incarnation: int, events: Events) -> "TaskCarrier":
        carrier = TaskCarrier(self._site, node_id, incarnation, events)
        self._site.mesh.join(node_id, carrier.end)
        return carrier


class TaskCarrier:
    """One incarnation: its task, its mailbox and its timer."""

    def __init__(self, site: Site, node_id: int, incarnation: int, events: Events) -> None:
        loop = asyncio.get_running_loop()
        self._mailbox: asyncio.Queue[Mail] = asyncio.Queue()
        self._alarm = Alarm(lambda: self.post(Tick()))
        self.end = End(self.receive)

        def send(message: Message, sent_us: int) -> None:
            site.mesh.send(self.end, message, sent_us)

        def post_from_any_thread(mail: Mail) -> None:
            loop.call_soon_threadsafe(self.post, mail)

        def failed(reason: str) -> None:
            loop.call_soon_threadsafe(events.failed, reason)

        ports = Ports(send, events.answered, events.role_changed, post_from_any_thread, failed)
        self.runner = Runner(site.config, node_id, incarnation, ports, site.executor)
        self._task = asyncio.create_task(self._run(), name=f"node-{node_id}.{incarnation}")

    def post(self, mail: Mail) -> None:
        self._mailbox.put_nowait(mail)

    def receive(self, parcel: Parcel) -> None:
        if self._mailbox.qsize() < MAX_WAITING:
            self._mailbox.put_nowait(parcel)

    async def drop(self) -> None:
        self.runner.drop()
        self._alarm.cancel()
        self._task.cancel()
        await asyncio.to_thread(self.runner.close)

    async def _run(self) -> None:
        runner, mailbox, alarm = self.runner, self._mailbox, self._alarm
        while not runner.is_dropped:
            alarm.set(runner.deadline_us)
            runner.take(await mailbox.get())
