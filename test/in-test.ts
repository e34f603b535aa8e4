import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Loaded before each test file by run-tests.ts, and by none of the processes and threads that a test starts.
if (isMainThread && process.env.NODE_TEST_CONTEXT !== undefined) {
  process.execArgv.splice(0);
  // A test file must end what it has started. It does so when it exits, not when a signal ends it.
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(exitCode));
  const path = process.env.PACELINE_TEST_CPU;
  delete process.env.PACELINE_TEST_CPU;
  if (path !== undefined) process.once('exit', () => appendFileSync(path, `${process.argv[1]}\t${cpuSeconds()}\n`));
}

/** Of this process and of all that it has waited for. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').replace(/.*\) /, '').split(' ');
    return (user + system) / 1e6 + (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return (user + system) / 1e6;
  }
}
