/** The closed list of what can be wrong with a target or the database under it: each becomes a failed trial. */
export type TrialFailureCode =
  | 'never-ready'
  | 'target-died'
  | 'database-lost'
  | 'wrong-answers'
  | 'requests-failed'
  | 'generator-died'
  | 'rows-disagree'
  | 'cluster-uncontrollable'
  | 'ignored-sigterm'
  | 'bad-exit';

/** Ends a trial, not the run. */
export class TrialFailure extends Error {
  readonly code: TrialFailureCode;
  /** The target's last output, where no running target can be asked for it. */
  readonly logTail: string;

  constructor(code: TrialFailureCode, message: string, logTail = '') {
    super(message);
    this.name = 'TrialFailure';
    this.code = code;
    this.logTail = logTail;
  }
}
