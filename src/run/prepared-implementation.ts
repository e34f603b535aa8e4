import type { Preparation } from '../model/run-result.ts';
import type { Warning } from '../model/warning.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import type { Toolchain, ToolchainCheck } from '../target/toolchain.ts';

/** An implementation, and whether this machine has what it needs. */
export interface Candidate {
  readonly located: LocatedImplementation;
  readonly available: ToolchainCheck;
}

/** An implementation that can be started. */
export interface PreparedImplementation {
  readonly located: LocatedImplementation;
  readonly toolchain: Toolchain;
  readonly buildDir: string;
  readonly sourceHash: string;
}

export interface PreparationOutcome {
  readonly preparation: Preparation;
  /** null when skipped, or when it failed to build or to conform. */
  readonly preparedImplementation: PreparedImplementation | null;
  readonly warnings: readonly Warning[];
}

/** What came of preparing several implementations. */
export interface PreparedSet {
  /** Of every candidate, in their order. */
  readonly preparations: readonly Preparation[];
  /** Those that can be started. */
  readonly byId: ReadonlyMap<string, PreparedImplementation>;
  /** What a reader of their numbers must know. */
  readonly warnings: readonly Warning[];
}
