// Linearizable reads without a log entry (dissertation 6.4): a majority confirms the leader after the read came.
import { appendToAll } from './append-entries.ts';
import { type Core, reply } from './core.ts';
import type { Peer } from './peer.ts';
import type { Leader } from './state-machine.ts';

export function read(core: Core, ids: readonly number[]): void {
  const { state } = core;
  if (state.role !== 'leader') {
    for (const id of ids) reply(core, id, 'notLeader', 0);
    return;
  }
  for (const id of ids) state.reads.push({ id, round: state.round + 1 });
  if (state.round === state.confirmedRound) startRound(core, state);
}

function startRound(core: Core, state: Leader): void {
  state.round += 1;
  state.roundAckCount = 0;
  appendToAll(core, state);
  confirmRound(core, state);
}

export function ackRound(core: Core, state: Leader, peer: Peer, round: number): void {
  if (round <= peer.ackedRound) return;
  peer.ackedRound = round;
  if (round !== state.round || round <= state.confirmedRound) return;
  state.roundAckCount += 1;
  confirmRound(core, state);
}

function confirmRound(core: Core, state: Leader): void {
  if (state.roundAckCount + 1 < core.majority) return;
  state.confirmedRound = state.round;
  releaseReads(core, state);
  const next = state.reads.at(-1);
  if (next !== undefined && next.round > state.round) startRound(core, state);
}

/** Answers the reads whose round is confirmed, once an entry of the own term is committed. */
export function releaseReads(core: Core, state: Leader): void {
  if (core.commitIndex < state.termStartIndex) return;
  let count = 0;
  for (const { id, round } of state.reads) {
    if (round > state.confirmedRound) break;
    reply(core, id, 'read', core.commitIndex);
    count += 1;
  }
  state.reads.splice(0, count);
}
