import { appendToAll } from './append-entries.ts';
import type { Core } from './core.ts';
import { stepDown } from './election.ts';
import type { Leader } from './state-machine.ts';
import { resetHeartbeatTimer } from './timer.ts';

/** Shows every follower that the leader is alive; a leader that a majority does not answer gives up (dissertation 6.2). */
export function heartbeat(core: Core, state: Leader): void {
  if (!reachesMajority(core, state)) stepDown(core);
  else beat(core, state);
}

function beat(core: Core, state: Leader): void {
  resetHeartbeatTimer(core.timer, core.nowUs, core.config);
  // A probe that was lost is sent again.
  for (const peer of state.peers.values()) peer.paused = false;
  appendToAll(core, state);
}

function reachesMajority({ nowUs, config, majority }: Core, { peers }: Leader): boolean {
  let reachedCount = 1;
  for (const { ackedUs } of peers.values()) if (nowUs < ackedUs + config.electionTimeoutMaxUs) reachedCount += 1;
  return reachedCount >= majority;
}
