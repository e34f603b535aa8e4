import type { Command, Report } from './remote-node.ts';
import type { NodeStatus } from './runner.ts';
import type { Slot, SlotEvents, Started } from './slot.ts';

/** A thread or process with a node in it. */
export interface Remote {
  post(command: Command): void;
  /** Ends it at once; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface RemoteEvents {
  report(report: Report): void;
  /** It is gone without having been killed. */
  ended(reason: string): void;
}

export type Launch = (id: number, incarnation: number, events: RemoteEvents) => Remote;

/** Through a node's gate goes everything between it and the others. */
export interface Gates {
  /** Resolves when nothing of the node's that was sent in an older epoch is delivered any more. */
  open(id: number): Promise<void>;
  /** The time from which nothing goes in or out. */
  shut(id: number): Promise<number>;
}

/** The place of a node that runs elsewhere. */
export function createRemoteSlot(id: number, events: SlotEvents, gates: Gates, launch: Launch): Slot {
  let remote: Remote | null = null;
  let buried = Promise.resolve();
  let lastAsk = 0;
  const asked = new Map<number, PromiseWithResolvers<NodeStatus>>();

  function bury(reason: string): Promise<void> {
    if (remote !== null) buried = remote.kill();
    remote = null;
    for (const { reject } of asked.values()) reject(new Error(reason));
    asked.clear();
    return buried;
  }

  function take(report: Report): void {
    if (report.type === 'answered') events.answered(report.answers);
    else if (report.type === 'role') events.roleChanged(report.role);
    else if (report.type === 'status') answerStatus(report.ask, report.status);
    else if (report.type === 'failed') fail(report.reason);
  }

  function answerStatus(ask: number, status: NodeStatus): void {
    asked.get(ask)?.resolve(status);
    asked.delete(ask);
  }

  function fail(reason: string): void {
    void bury(reason);
    void gates.shut(id);
    events.failed(reason);
  }

  function start(incarnation: number): Promise<Started> {
    const { promise, resolve, reject } = Promise.withResolvers<Started>();
    let hasStarted = false;
    const launched = launch(id, incarnation, {
      report(report) {
        // Of an incarnation before this one, or after its end.
        if (remote !== launched) return;
        hasStarted ||= report.type === 'started';
        if (report.type === 'started') resolve(report.started);
        else if (report.type === 'notStarted') giveUp(report.reason);
        else take(report);
      },
      ended(reason) {
        if (remote !== launched) return;
        if (hasStarted) fail(reason);
        else giveUp(reason);
      },
    });
    remote = launched;

    function giveUp(reason: string): void {
      void bury(reason);
      reject(new Error(reason));
    }

    return promise;
  }

  return {
    async start(incarnation) {
      await buried;
      await gates.open(id);
      return start(incarnation);
    },
    cut: () => gates.shut(id),
    kill: () => bury(`node ${id} is killed`),
    async isolate(isIsolated) {
      if (isIsolated) await gates.shut(id);
      else await gates.open(id);
    },
    propose: (requests) => remote?.post({ type: 'propose', requests }),
    read: (reads) => remote?.post({ type: 'read', reads }),
    heartbeat: () => remote?.post({ type: 'heartbeat' }),
    lagBehind: (from) => remote?.post({ type: 'lagBehind', from }),
    status(withDelays) {
      if (remote === null) return Promise.reject(new Error(`node ${id} is not running`));
      const ask = ++lastAsk;
      const waiting = Promise.withResolvers<NodeStatus>();
      asked.set(ask, waiting);
      remote.post({ type: 'status', ask, withDelays });
      return waiting.promise;
    },
  };
}
