import { type Core, send } from './core.ts';
import type { Entry } from './message.ts';
import type { Peer } from './peer.ts';
import type { Leader } from './state-machine.ts';

/** Sends a peer what it may be sent now; with `force` at least one message. */
export function appendTo(core: Core, state: Leader, peer: Peer, force: boolean): void {
  const sent = peer.probing ? probe(core, state, peer, force) : stream(core, state, peer);
  if (force && !sent) appendEntries(core, state, peer, []);
}

/** One message, then waits for its reply or the next heartbeat. */
function probe(core: Core, state: Leader, peer: Peer, force: boolean): boolean {
  if (peer.paused || (!force && peer.nextIndex > core.log.lastIndex())) return false;
  appendEntries(core, state, peer, core.log.slice(peer.nextIndex, core.config.maxBatchEntries));
  peer.paused = true;
  return true;
}

/** All there is, without waiting for replies, as far as the window goes (dissertation 10.2.1). */
function stream(core: Core, state: Leader, peer: Peer): boolean {
  const { log, config } = core;
  const lastIndex = log.lastIndex();
  const firstIndex = peer.nextIndex;
  while (peer.nextIndex <= lastIndex && peer.nextIndex - peer.matchIndex <= config.windowEntries) {
    const entries = log.slice(peer.nextIndex, config.maxBatchEntries);
    appendEntries(core, state, peer, entries);
    peer.nextIndex += entries.length;
  }
  return peer.nextIndex > firstIndex;
}

function appendEntries(core: Core, { round }: Leader, { id, nextIndex }: Peer, entries: readonly Entry[]): void {
  const prevLogIndex = nextIndex - 1;
  send(core, {
    type: 'appendEntries',
    from: core.config.id,
    to: id,
    term: core.term,
    prevLogIndex,
    prevLogTerm: core.log.termAt(prevLogIndex),
    entries,
    leaderCommit: core.commitIndex,
    round,
  });
}

/** An appendEntries to every peer, even if there is nothing to append. */
export function appendToAll(core: Core, state: Leader): void {
  for (const peer of state.peers.values()) appendTo(core, state, peer, true);
}
