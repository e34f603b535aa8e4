import { nowUs } from '../_node/raft/host/clock.ts';
import type { Gates } from '../_node/raft/host/remoteSlot.ts';
import type { GateEpochs, ProcessCommand } from './protocol.ts';

/** Keeps the gates of nodes that share no memory: each process is told, and says when it has done so. */
export interface GateKeeper extends Gates {
  epochs(): GateEpochs;
  /** The process of node `id` answered. */
  answered(id: number, ask: number, atUs: number): void;
  /** Its process is gone: nobody waits for it. */
  gone(id: number): void;
}

interface Round {
  readonly waitingFor: Set<number>;
  latestUs: number;
  readonly done: (atUs: number) => void;
}

export function createGateKeeper(
  clusterSize: number,
  runningIds: () => readonly number[],
  post: (id: number, command: ProcessCommand) => void,
): GateKeeper {
  const epochs = Array.from({ length: clusterSize + 1 }, () => 0);
  const lastEpochs = [...epochs];
  const rounds = new Map<number, Round>();
  let lastAsk = 0;

  /** Resolves with the time from which the last of all processes knows. */
  function tell(id: number, epoch: number): Promise<number> {
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
      await tell(id, epoch);
    },
    shut: (id) => tell(id, 0),
    answered: (id, ask, atUs) => heard(ask, id, atUs),
    gone(id) {
      for (const ask of [...rounds.keys()]) heard(ask, id, 0);
    },
  };
}
