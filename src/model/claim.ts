/** A number that some result file may hold. */
export type Quantity =
  | {
      readonly kind: 'trial';
      readonly workload: string;
      readonly implementation: string;
      /** Of model/metric.ts. */
      readonly metric: string;
    }
  | {
      readonly kind: 'primitive';
      readonly implementation: string;
      readonly primitive: string;
      readonly caseId: string;
      readonly size: number | null;
      /** per-unit: memory of one unit; max-size: the largest that worked; per-thread: units on one OS thread. */
      readonly of: 'wall' | 'cpu' | 'private' | 'per-unit' | 'max-size' | 'per-thread';
    }
  /** The largest Raft cluster that held a leader. */
  | { readonly kind: 'largest-cluster'; readonly implementation: string }
  /** Lines of code of a language's Raft core, blank lines and comments left out. */
  | { readonly kind: 'code-lines'; readonly language: 'go' | 'python' };

/** How a claim is put to the test. Every ratio is `of` ÷ `to`, turned so that the claim says it is more than 1. */
export type ClaimTest =
  /** A number of its own: 150 ms. */
  | { readonly kind: 'value'; readonly of: Quantity; readonly claimed: number; readonly unit: ClaimUnit }
  /** So many times more. */
  | { readonly kind: 'times'; readonly of: Quantity; readonly to: Quantity; readonly claimed: number }
  /** More (faster, bigger), with no number; `least` is what the word is taken to mean. */
  | { readonly kind: 'more'; readonly of: Quantity; readonly to: Quantity; readonly least: number }
  /** About equal: within a factor. */
  | { readonly kind: 'similar'; readonly of: Quantity; readonly to: Quantity; readonly withinFactor: number }
  /** At least so many. */
  | { readonly kind: 'at-least'; readonly of: Quantity; readonly claimed: number; readonly unit: ClaimUnit }
  /** Nothing a program can measure. */
  | { readonly kind: 'none' };

export type ClaimUnit = 'ms' | 'cores' | 'MB' | 'count';

/** One quantitative or comparative statement of a source document. Declared in bench/claims.ts, exported under the name `claims`. */
export interface Claim {
  readonly id: string;
  readonly source: 'branchkey' | 'kiederle';
  /** At most a line of the source's own words. */
  readonly quotation: string;
  /** What the source says of what, in a few words. */
  readonly claimed: string;
  /** What is compared here, and how. */
  readonly measuredBy: string;
  readonly test: ClaimTest;
  /** What must be known beside the verdict: why it came out so, or why the source's own comparison says little. */
  readonly note: string;
}

export interface ClaimSource {
  readonly id: Claim['source'];
  readonly title: string;
}
