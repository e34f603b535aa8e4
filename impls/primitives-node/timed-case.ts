/** A case of kind `time`: everything it needs is there before the first operation. */
export interface TimedCase {
  /** Does so many operations back to back. */
  run(operationCount: number): void | Promise<void>;
  readonly isAsync: boolean;
  /** Operations come in multiples of it: so many units share them equally. */
  readonly multiple?: number;
  /** Neither more nor fewer operations in a sample. */
  readonly fixedCount?: number;
  /** What an operation is due to last by itself: taken off. */
  readonly dueNs?: number;
  /** Before each sample, unmeasured. */
  prepare?(): void;
  readonly others?: OtherProcesses;
  /** How many operations have left their trace. */
  finish(askedCount: number): Promise<Trace>;
}

interface Trace {
  readonly doneCount: number;
  readonly hash?: string;
}

/** Other processes that take part. */
export interface OtherProcesses {
  readonly processCount: number;
  cpuNs(): Promise<number>;
  threadCount(): Promise<number>;
}

/** Counts up on the other side agree with what was asked. */
export function counted(read: () => number, putAway: () => unknown = () => {}): TimedCase['finish'] {
  return async () => {
    const doneCount = read();
    await putAway();
    return { doneCount };
  };
}
