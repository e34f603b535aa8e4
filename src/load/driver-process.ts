import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { createLoadHost, type LoadHost } from './load-host.ts';
import { createLoadTeam } from './load-team.ts';
import type { DriverCommand, DriverReport } from './messages.ts';

/*
 * The load driver's process: takes commands from its parent one at a time and reports to it. It ends with its parent; a bug
 * ends it too, with the error on standard error, where the parent finds it.
 */
let host: LoadHost | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const command = message as DriverCommand;
  if (command.kind !== 'open') return host?.(command);
  // Before any thread starts: a thread keeps the niceness of the one that made it.
  const niceness = renice(command.niceness);
  sharpenTimers();
  host = command.threadCount > 1 ? createLoadTeam(command.threadCount, report) : createLoadHost(report);
  host({ ...command, niceness });
});

/** Asks for a niceness and says which one there is now: raising one's priority takes a permission. */
function renice(niceness: number): number {
  try {
    setPriority(niceness);
  } catch {
    // Not permitted: the result shows what was granted.
  }
  return getPriority();
}

/** Linux wakes a sleeping thread up to 50 µs late to save power, unless told otherwise; threads made later take it over. */
function sharpenTimers(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', '1');
  } catch {
    // Another system, or not permitted: the lag shows it.
  }
}

function report(message: DriverReport): void {
  process.send?.(message);
}
