/** 128 + the signal's number, as shells do. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type SignalName = keyof typeof exitCodes;

/** Why a run was asked to end early, and the exit code that says so. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(signal: SignalName) {
    super(`interrupted by ${signal}`);
    this.name = 'Interruption';
    this.exitCode = exitCodes[signal];
  }
}

/**
 * A signal that aborts on the first Ctrl-C, SIGTERM or loss of the terminal. Everything started is cleaned up first; a second signal while that is
 * going on changes nothing, because what would be left behind is worse than a few seconds.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of Object.keys(exitCodes) as SignalName[]) {
    process.on(name, () => controller.abort(new Interruption(name)));
  }
  return controller.signal;
}
