import { clusterAt } from './cluster.ts';
import type { HistoryOptions } from './history.ts';
import { checked, type LifecycleCheck } from './lifecycle.ts';
import type { StopReport } from './process.ts';

export interface ElectionShutdownOptions extends HistoryOptions {
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<StopReport>;
}

/** SIGTERM right after the leader's crash: exit 0 in time, and no worker, process or socket is left. */
export async function checkElectionShutdown(options: ElectionShutdownOptions): Promise<readonly LifecycleCheck[]> {
  const cluster = clusterAt(options.baseUrl, options.signal);
  const node = await cluster.crashLeader({ synchronise: false, laggards: 0 }).catch((error: Error) => error.message);
  const { exitCode, signal, stopMs, leftoverCount } = await options.stop();
  const how = signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
  return [
    checked('there was a leader to crash', typeof node === 'number', String(node)),
    checked('SIGTERM during an election leads to exit code 0', exitCode === 0, how),
    checked('SIGTERM leads to the end within 10 s', signal !== 'SIGKILL', `${Math.round(stopMs)} ms`),
    checked('no process of the group is left', leftoverCount === 0, `${leftoverCount} left`),
  ];
}
