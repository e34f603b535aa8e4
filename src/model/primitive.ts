/** Languages that have a runner: the `language` of its manifest. */
export type PrimitiveLanguage = 'typescript' | 'go' | 'python';

/** One way a language does the primitive. */
export interface PrimitiveVariant {
  readonly id: string;
  /** In a few words, for people: "queue.Queue between two threads". */
  readonly description: string;
}

/**
 * time: wall and CPU time of an operation, by the runner's own tool. lateness: how late a timer fires, as `wallNs`.
 * memory: private memory while the runner waits, read by the harness. start: from spawn to exit, timed by the harness.
 */
export type PrimitiveKind = 'time' | 'lateness' | 'memory' | 'start';

/** What is measured of a unit of concurrency, as a declaration in bench/primitives/<id>.ts, exported under the name `primitive`. */
export interface Primitive {
  readonly id: string;
  /** Its place in reports and runs. */
  readonly order: number;
  /** Part of every comparison: results of different versions are not comparable. */
  readonly version: number;
  readonly title: string;
  readonly kind: PrimitiveKind;
  /** What one operation is. */
  readonly operation: string;
  /** What makes a result count. */
  readonly checked: string;
  /** What `SIZE` counts; null: the primitive has no size. */
  readonly sizeName: string | null;
  /** In ascending order; for memory, 0 is the baseline that is taken off. Empty: no size. */
  readonly sizes: readonly number[];
  readonly variants: Readonly<Record<PrimitiveLanguage, readonly PrimitiveVariant[]>>;
  /** The operation sorts DATA_FILE: its result's hash is known beforehand. */
  readonly usesData: boolean;
  /** The manifest's `programs` entry that is run instead of `command`, by variant; null: always `command`. */
  readonly programs: Readonly<Record<string, string>> | null;
}
