import { readFileSync } from 'node:fs';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** 128 + the signal's number, as shells do. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type SignalName = keyof typeof exitCodes;

/** Why a run was asked to end early, and the exit code that says so. */
export class Interruption extends Error {
  readonly exitCode: number;
  /** Somebody at a terminal asked for it, and can ask again. */
  readonly isInteractive: boolean;

  constructor(signal: SignalName, cause = `by ${signal}`) {
    super(`interrupted ${cause}`);
    this.name = 'Interruption';
    this.exitCode = exitCodes[signal];
    this.isInteractive = signal === 'SIGINT';
  }
}

/**
 * A signal that aborts on the first Ctrl-C, SIGTERM or loss of the terminal, and when npm, which started this process, has ended:
 * it does not hand on every signal that ends it. Everything started is cleaned up first; a second signal while that is going on
 * changes nothing, because what would be left behind is worse than a few seconds.
 */
export function abortOnSignals(env: NodeJS.ProcessEnv = process.env): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(exitCodes) as SignalName[]) {
    process.on(name, () => controller.abort(new Interruption(name)));
  }
  if (env.npm_lifecycle_event) abortWithParents(controller);
  controller.signal.addEventListener('abort', () => exitInTime(controller.signal.reason), { once: true });
  return controller.signal;
}

/** Supervisors kill what has not ended a few seconds after SIGTERM. Ctrl-C is patient: somebody is there to press it. */
const longestEndMs = 2_900;

/** Whatever a command is waiting for then; one with a session has ended in order before (run/session/deadline.ts). */
function exitInTime({ exitCode, isInteractive }: Interruption): void {
  if (isInteractive) return;
  setTimeout(() => process.exit(exitCode), longestEndMs).unref();
}

const pollMs = 200;

/** npm starts a shell, and the shell this process: whichever ends first leaves it without anybody who waits for it. */
function abortWithParents(controller: AbortController): void {
  const parents = npmParents();
  const timer = setInterval(() => {
    if (parents.every(isAlive)) return;
    clearInterval(timer);
    controller.abort(new Interruption('SIGTERM', 'because npm, which started it, has ended'));
  }, pollMs);
  timer.unref();
}

const maxDepth = 4;

/** The parent, and above it all up to npm; the parent alone where none is npm. */
function npmParents(): ProcessIdentity[] {
  const chain: ProcessIdentity[] = [];
  for (let pid = process.ppid; pid > 1 && chain.length < maxDepth; pid = parentOf(pid)) {
    chain.push(identityOf(pid));
    if (/\bnp[mx]\b/.test(textOf(`/proc/${pid}/cmdline`))) return chain;
  }
  return chain.slice(0, 1);
}

function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
