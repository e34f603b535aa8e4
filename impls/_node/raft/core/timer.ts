import type { NodeConfig } from './config.ts';
import { advance, mix } from './random.ts';

/** The one restartable timer of a node: an election's for followers and candidates, the heartbeat's for a leader. */
export interface Timer {
  deadlineUs: number;
  /** State of the generator that election time-outs are drawn from: 32 bits. */
  random: number;
}

/** Draws a new time-out, each time. */
export function resetElectionTimer(timer: Timer, nowUs: number, config: NodeConfig): void {
  timer.random = advance(timer.random);
  const rangeUs = config.electionTimeoutMaxUs - config.electionTimeoutMinUs + 1;
  timer.deadlineUs = nowUs + config.electionTimeoutMinUs + (mix(timer.random) % rangeUs);
}

export function resetHeartbeatTimer(timer: Timer, nowUs: number, config: NodeConfig): void {
  timer.deadlineUs = nowUs + config.heartbeatUs;
}
