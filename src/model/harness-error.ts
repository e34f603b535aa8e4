/** The closed list of what a user can get wrong or a machine can lack. Each has one exit code. */
const exitCodeOf = {
  usage: 2,
  'unknown-name': 2,
  'bad-manifest': 2,
  'bad-result-file': 2,
  'missing-toolchain': 3,
  'build-failed': 3,
  'database-unavailable': 3,
  'port-taken': 3,
  'disk-full': 3,
  'cannot-measure': 3,
  'browser-missing': 3,
  'conformance-failed': 1,
} as const;

export type HarnessErrorCode = keyof typeof exitCodeOf;

/** An error whose message is meant for the user: what is wrong (naming file, flag or line) and the remedy. */
export class HarnessError extends Error {
  readonly code: HarnessErrorCode;
  readonly remedy: string;

  constructor(code: HarnessErrorCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HarnessError';
    this.code = code;
    this.remedy = remedy;
  }

  get exitCode(): number {
    return exitCodeOf[this.code];
  }
}
