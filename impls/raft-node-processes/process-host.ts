import { type ChildProcess, fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { nowUs } from '../_node/raft/host/clock.ts';
import type { Config } from '../_node/raft/host/config.ts';
import { createRemoteSlot, type Gates, type Remote, type RemoteEvents } from '../_node/raft/host/remote-slot.ts';
import type { Host } from '../_node/raft/host/slot.ts';
import type { GateEpochs, ProcessCommand, ProcessReport } from './protocol.ts';

const script = new URL('./node-process.ts', import.meta.url);

/** The nodes of a cluster in processes of their own, which end when this one does. */
export function createProcessHost(config: Config): Host {
  const children = new Map<number, ChildProcess>();
  const keeper = createGateKeeper(config.clusterSize, () => [...children.keys()], post);

  function post(id: number, command: ProcessCommand): void {
    const child = children.get(id);
    // What cannot be sent need not be: the process is ending.
    if (child?.connected) child.send(command, () => {});
  }

  function launch(id: number, incarnation: number, events: RemoteEvents): Remote {
    const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const exited = Promise.withResolvers<void>();
    children.set(id, child);
    child.on('message', (report: ProcessReport) => {
      if (report.type === 'gate') keeper.answered(id, report.ask, report.atUs);
      else events.report(report);
    });
    child.once('error', (error) => {
      // One that never was will not exit.
      if (child.pid === undefined) exited.resolve();
      events.ended(`its process failed: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      if (children.get(id) === child) children.delete(id);
      keeper.gone(id);
      exited.resolve();
      events.ended(`its process ended (${signal ?? code})`);
    });
    post(id, {
      type: 'order',
      order: { config, id, incarnation, gates: keeper.epochs(), socketPrefix: socketPrefix(config.dataDir) },
    });
    return {
      post: (command) => post(id, command),
      kill() {
        child.kill('SIGKILL');
        return exited.promise;
      },
    };
  }

  return {
    slot: (id, events) => createRemoteSlot(id, events, keeper, launch),
    async close() {
      for (const child of children.values()) child.kill('SIGKILL');
    },
  };
}

/** Abstract sockets (Linux): they end with their process, whatever ends it. */
function socketPrefix(dataDir: string): string {
  const { dev, ino } = statSync(dataDir, { bigint: true });
  return `\0paceline-raft:${dev}:${ino}`;
}

/** Keeps the gates of nodes that share no memory: each process gets an order, and reports when it has followed it. */
interface GateKeeper extends Gates {
  epochs(): GateEpochs;
  /** The process of node `id` answered. */
  answered(id: number, ask: number, atUs: number): void;
  /** Its process is gone, and is not waited for. */
  gone(id: number): void;
}

interface Round {
  readonly waitingFor: Set<number>;
  latestUs: number;
  readonly done: (atUs: number) => void;
}

function createGateKeeper(
  clusterSize: number,
  runningIds: () => readonly number[],
  post: (id: number, command: ProcessCommand) => void,
): GateKeeper {
  const epochs = Array.from({ length: clusterSize + 1 }, () => 0);
  const lastEpochs = [...epochs];
  const rounds = new Map<number, Round>();
  let lastAsk = 0;

  /** Resolves with the time from which the last of all processes knows. */
  function sendGate(id: number, epoch: number): Promise<number> {
    epochs[id] = epoch;
    const ask = ++lastAsk;
    const ids = runningIds();
    const { promise, resolve } = Promise.withResolvers<number>();
    rounds.set(ask, { waitingFor: new Set(ids), latestUs: nowUs(), done: resolve });
    for (const running of ids) post(running, { type: 'gate', id, epoch, ask });
    finishIfAll(ask);
    return promise;
  }

  function heard(ask: number, id: number, atUs: number): void {
    const round = rounds.get(ask);
    if (round === undefined || !round.waitingFor.delete(id)) return;
    round.latestUs = Math.max(round.latestUs, atUs);
    finishIfAll(ask);
  }

  function finishIfAll(ask: number): void {
    const round = rounds.get(ask);
    if (round === undefined || round.waitingFor.size > 0) return;
    rounds.delete(ask);
    round.done(round.latestUs);
  }

  return {
    epochs: () => [...epochs],
    async open(id) {
      const epoch = (lastEpochs[id] ?? 0) + 1;
      lastEpochs[id] = epoch;
      await sendGate(id, epoch);
    },
    shut: (id) => sendGate(id, 0),
    answered: (id, ask, atUs) => heard(ask, id, atUs),
    gone(id) {
      for (const ask of [...rounds.keys()]) heard(ask, id, 0);
    },
  };
}
