import { commitTo } from './commitment.ts';
import { type Core, logChanged, send } from './core.ts';
import type { AppendEntries, Entry } from './message.ts';
import { follower } from './state-machine.ts';
import { resetElectionTimer } from './timer.ts';

export function onAppendEntries(core: Core, message: AppendEntries): void {
  if (message.term < core.term) reject(core, message, 0, 0);
  else if (core.state.role !== 'leader') follow(core, message);
}

function follow(core: Core, message: AppendEntries): void {
  const { log } = core;
  core.state = follower();
  core.leader = message.from;
  resetElectionTimer(core.timer, core.nowUs, core.config);
  const { prevLogIndex, prevLogTerm } = message;
  const ownTerm = prevLogIndex > log.lastIndex() ? 0 : log.termAt(prevLogIndex);
  if (prevLogIndex > log.lastIndex()) reject(core, message, 0, log.lastIndex() + 1);
  else if (ownTerm !== prevLogTerm) reject(core, message, ownTerm, log.firstIndexFromTerm(ownTerm));
  else takeEntries(core, message);
}

function takeEntries(core: Core, message: AppendEntries): void {
  const { prevLogIndex, entries } = message;
  mergeEntries(core, prevLogIndex, entries);
  const lastNewIndex = prevLogIndex + entries.length;
  commitTo(core, Math.min(message.leaderCommit, lastNewIndex));
  answer(core, message, true, lastNewIndex, 0, 0);
}

/** Keeps what is there already; cuts the log at the first entry that differs (an old message must not shorten it). */
function mergeEntries(core: Core, prevLogIndex: number, entries: readonly Entry[]): void {
  const { log } = core;
  let known = 0;
  while (known < entries.length && isKnown(core, prevLogIndex + 1 + known, entries[known])) known += 1;
  if (known === entries.length) return;
  const firstIndex = prevLogIndex + 1 + known;
  if (firstIndex <= log.lastIndex()) log.cutBefore(firstIndex);
  for (let i = known; i < entries.length; i++) log.append(entries[i] as Entry);
  logChanged(core, firstIndex);
}

function isKnown({ log }: Core, index: number, entry: Entry | undefined): boolean {
  return index <= log.lastIndex() && log.termAt(index) === entry?.term;
}

function reject(core: Core, message: AppendEntries, conflictTerm: number, conflictIndex: number): void {
  answer(core, message, false, 0, conflictTerm, conflictIndex);
}

function answer(
  core: Core,
  { from, prevLogIndex, round }: AppendEntries,
  success: boolean,
  matchIndex: number,
  conflictTerm: number,
  conflictIndex: number,
): void {
  send(core, {
    type: 'appendEntriesReply',
    from: core.config.id,
    to: from,
    term: core.term,
    success,
    prevLogIndex,
    matchIndex,
    conflictTerm,
    conflictIndex,
    round,
  });
}
