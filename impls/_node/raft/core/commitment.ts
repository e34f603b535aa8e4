import { type Core, reply } from './core.ts';
import { releaseReads } from './read-index.ts';
import type { Leader } from './state-machine.ts';

/** Hands out everything up to `index`, if that is news. */
export function commitTo(core: Core, index: number): void {
  core.commitIndex = Math.max(core.commitIndex, index);
}

/** Commits what a majority has persisted, if it is of the current term: older entries only along with it (paper 5.4.2). */
export function advanceCommit(core: Core, state: Leader): void {
  const index = majorityIndex(core, state);
  if (index <= core.commitIndex || core.log.termAt(index) !== core.term) return;
  commitTo(core, index);
  answerProposals(core, state);
  releaseReads(core, state);
}

/** The highest index that a majority has, or the commit index where none beyond it has one. */
function majorityIndex({ majority, commitIndex, persistence }: Core, { peers }: Leader): number {
  const ahead = persistence.durableIndex > commitIndex ? [persistence.durableIndex] : [];
  for (const { matchIndex } of peers.values()) if (matchIndex > commitIndex) ahead.push(matchIndex);
  if (ahead.length < majority) return commitIndex;
  return ahead.sort((a, b) => b - a)[majority - 1] ?? commitIndex;
}

function answerProposals(core: Core, { proposals }: Leader): void {
  let count = 0;
  for (const { id, index } of proposals) {
    if (index > core.commitIndex) break;
    reply(core, id, 'committed', index);
    count += 1;
  }
  proposals.splice(0, count);
}
