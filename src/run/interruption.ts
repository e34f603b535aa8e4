/** Why a run was asked to end early, and the exit code that says so. */
export class Interruption extends Error {
  readonly exitCode: 130 | 143;

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
    this.name = 'Interruption';
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM. Everything started is put away first; a second signal while that is
 * going on changes nothing, because what would be left behind is worse than a few seconds.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => controller.abort(new Interruption(name)));
  }
  return controller.signal;
}
