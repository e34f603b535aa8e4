import { writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { availableParallelism, getPriority, setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { peakRatePerSec } from '../stats/schedule.ts';
import { createLoadHost, type LoadHost, loadWorkload, openSession, refusalOf } from './load-host.ts';
import { chooseThreadCount, openLoadTeam } from './load-team.ts';
import type { GeneratorCommand, GeneratorReport, OpenCommand } from './messages.ts';

/*
 * The load generator's process: takes commands from its parent one at a time and reports to it. It ends with its parent; a bug
 * ends it too, with the error on standard error, where the parent finds it.
 */
let host: LoadHost | null = null;

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const command = message as GeneratorCommand;
  if (command.kind !== 'open') return host?.(command);
  open(command).catch((error) => report(refusalOf(error)));
});

/** Up to here a run is over before optimized code has repaid its compiling. */
const sparseRatePerSec = 200;

async function open(command: OpenCommand): Promise<void> {
  if (peakRatePerSec(command.loadPlan) <= sparseRatePerSec) compileOnce();
  // Before any thread starts: a thread keeps the niceness of the one that made it.
  const niceness = renice(command.niceness);
  sharpenTimers();
  const threadCount = command.threadCount ?? (await threadCountFor(command));
  host = createLoadHost(threadCount > 1 ? openLoadTeam : openSession, report);
  host({ ...command, niceness, threadCount });
}

/** Each function is compiled at its first call, and not again. Said here, not at the start: what Node brings compiled is kept. */
function compileOnce(): void {
  for (const flag of ['--always-sparkplug', '--no-maglev', '--no-turbofan']) setFlagsFromString(flag);
}

async function threadCountFor({ loadPlan, workloadPath, workloadArgument }: OpenCommand): Promise<number> {
  const { isStateless = false } = await loadWorkload(workloadPath, workloadArgument);
  return chooseThreadCount(peakRatePerSec(loadPlan), availableParallelism(), isStateless);
}

/** Asks for a niceness and says which one there is now: raising one's priority takes a permission. */
function renice(niceness: number): number {
  try {
    setPriority(niceness);
  } catch {
    // Not permitted: the result shows what was granted.
  }
  return getPriority();
}

/** Linux wakes a sleeping thread up to 50 µs late to save power, unless asked otherwise; threads made later take it over. */
function sharpenTimers(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', '1');
  } catch {
    // Another system, or not permitted: the lag shows it.
  }
}

function report(message: GeneratorReport): void {
  // Its parent kills it in the end, which leaves no time for it.
  if (message.kind === 'ready') flushCompileCache();
  process.send?.(message);
}
