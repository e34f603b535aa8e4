import type { Log } from '../../_node/crud/log.ts';

const levels = ['debug', 'info', 'warn', 'error'];

/** A line of JSON for each entry of the level and above, on standard error. */
export function createLog(level: string): Log {
  const write = (own: string) => (error: unknown, msg: string) => {
    if (levels.indexOf(own) < levels.indexOf(level)) return;
    process.stderr.write(`${JSON.stringify({ level: own, time: Date.now(), msg, err: String(error) })}\n`);
  };
  return { info: write('info'), debug: write('debug') };
}
