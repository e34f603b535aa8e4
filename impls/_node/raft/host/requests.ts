import type { Proposal } from '../core/input.ts';
import { Problem } from './problem.ts';
import type { Answer, Read } from './runner.ts';
import type { Slot } from './slot.ts';
import { putCommand } from './store.ts';

type Kind = 'put' | 'get';

const maxUnanswered = 65_536;

interface Pending {
  readonly kind: Kind;
  readonly nodeId: number;
  readonly timer: NodeJS.Timeout;
  resolve(answer: Answer): void;
  reject(problem: Problem): void;
}

interface Batch {
  readonly slot: Slot;
  readonly proposals: Proposal[];
  readonly reads: Read[];
}

/** What nodes have yet to answer, waited for or not. Requests that arrive in one turn of the event loop reach a node together. */
export interface Requests {
  put(nodeId: number, slot: Slot, key: string, value: string): Promise<Answer>;
  get(nodeId: number, slot: Slot, key: string): Promise<Answer>;
  /** A bare command, as `put` otherwise. */
  propose(nodeId: number, slot: Slot, command: string): Promise<Answer>;
  answered(answers: readonly Answer[]): void;
  /** The node crashed: what waits for it gets its answer now. */
  crashed(nodeId: number): void;
}

export function createRequests(timeoutMs: number): Requests {
  const pending = new Map<number, Pending>();
  const batches = new Map<number, Batch>();
  let lastId = 0;

  function batchFor(nodeId: number, slot: Slot): Batch {
    const open = batches.get(nodeId);
    if (open !== undefined) return open;
    const batch: Batch = { slot, proposals: [], reads: [] };
    batches.set(nodeId, batch);
    if (batches.size === 1) setImmediate(flush);
    return batch;
  }

  function flush(): void {
    const due = [...batches.values()];
    batches.clear();
    for (const { slot, proposals, reads } of due) {
      if (proposals.length > 0) slot.propose(proposals);
      if (reads.length > 0) slot.read(reads);
    }
  }

  function nextId(): number {
    if (pending.size >= maxUnanswered) throw new Problem('no-leader', 'too many requests are unanswered');
    return ++lastId;
  }

  function wait(id: number, nodeId: number, kind: Kind): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    // It stays pending: the node has it yet.
    const timer = setTimeout(() => reject(unknownOutcome('no answer in time')), timeoutMs);
    pending.set(id, { kind, nodeId, timer, resolve, reject });
    return promise;
  }

  function take(id: number): Pending | undefined {
    const request = pending.get(id);
    if (request === undefined) return undefined;
    pending.delete(id);
    clearTimeout(request.timer);
    return request;
  }

  function propose(nodeId: number, slot: Slot, command: string): Promise<Answer> {
    const id = nextId();
    batchFor(nodeId, slot).proposals.push({ id, command });
    return wait(id, nodeId, 'put');
  }

  return {
    propose,
    put: (nodeId, slot, key, value) => propose(nodeId, slot, putCommand(key, value)),
    get(nodeId, slot, key) {
      const id = nextId();
      batchFor(nodeId, slot).reads.push({ id, key });
      return wait(id, nodeId, 'get');
    },
    answered(answers) {
      for (const answer of answers) settle(take(answer.id), answer);
    },
    crashed(nodeId) {
      batches.delete(nodeId);
      for (const [id, request] of pending) {
        if (request.nodeId === nodeId) take(id)?.reject(lost(request.kind));
      }
    },
  };
}

function settle(request: Pending | undefined, answer: Answer): void {
  if (answer.outcome === 'notLeader') request?.reject(noLeader());
  else if (answer.outcome === 'unknown') request?.reject(unknownOutcome('the leader lost its office'));
  else request?.resolve(answer);
}

/** A write may have happened; a read that was not answered has not. */
function lost(kind: Kind): Problem {
  return kind === 'put' ? unknownOutcome('the leader crashed') : noLeader();
}

export function noLeader(): Problem {
  return new Problem('no-leader', 'there is no leader now');
}

export function unknownOutcome(detail: string): Problem {
  return new Problem('outcome-unknown', detail);
}
