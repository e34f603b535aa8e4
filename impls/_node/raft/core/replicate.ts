import { appendTo } from './append-entries.ts';
import { advanceCommit } from './commitment.ts';
import type { Core } from './core.ts';
import type { AppendEntriesReply } from './message.ts';
import type { Peer } from './peer.ts';
import { ackRound } from './read-index.ts';
import { lastIndexOfTerm, type ReplicatedLog } from './replicated-log.ts';

export function onAppendEntriesReply(core: Core, message: AppendEntriesReply): void {
  const { state } = core;
  if (state.role !== 'leader' || message.term !== core.term) return;
  const peer = state.peers.get(message.from);
  if (peer === undefined) return;
  peer.ackedUs = core.nowUs;
  if (message.success) advance(core, peer, message.matchIndex);
  else backUp(core, peer, message);
  advanceCommit(core, state);
  ackRound(core, state, peer, message.round);
  appendTo(core, state, peer, false);
}

function advance({ log, config }: Core, peer: Peer, matchIndex: number): void {
  peer.matchIndex = Math.max(peer.matchIndex, matchIndex);
  if (!peer.probing) peer.nextIndex = Math.max(peer.nextIndex, peer.matchIndex + 1);
  else if (foundAgreement(log, peer)) {
    peer.nextIndex = peer.matchIndex + 1;
    peer.paused = false;
    peer.probing = log.lastIndex() - peer.matchIndex > config.maxBatchEntries;
  }
}

/** Not by an older answer: leaving the probing for it would send again all that is on its way, and again for each. */
function foundAgreement(log: ReplicatedLog, { matchIndex, nextIndex }: Peer): boolean {
  return matchIndex >= nextIndex || (matchIndex === nextIndex - 1 && matchIndex === log.lastIndex());
}

/** Skips a whole conflicting term at a time (paper 5.3, end). */
function backUp({ log }: Core, peer: Peer, message: AppendEntriesReply): void {
  const { prevLogIndex, conflictTerm, conflictIndex } = message;
  const isStale = prevLogIndex <= peer.matchIndex || (peer.probing && prevLogIndex !== peer.nextIndex - 1);
  if (isStale) return;
  const sameTermIndex = conflictTerm > 0 ? lastIndexOfTerm(log, conflictTerm, prevLogIndex) : 0;
  const nextIndex = sameTermIndex > 0 ? sameTermIndex + 1 : conflictIndex;
  peer.nextIndex = Math.max(peer.matchIndex + 1, Math.min(nextIndex, prevLogIndex));
  peer.probing = true;
  peer.paused = false;
}
