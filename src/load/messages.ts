import type { HarnessErrorCode } from '../model/harness-error.ts';
import type { LoadCounts, LoadResult } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import type { Loop } from './pace/loop.ts';
import type { Share } from './pace/schedule.ts';

/** What the generator's process says of itself once it can send. */
export interface GeneratorReady {
  readonly workload: { readonly id: string; readonly service: string; readonly version: number };
  /** What the process got, which is not always what was asked for. */
  readonly niceness: number;
}

/** How a phase is doing, about once a second. */
export interface GeneratorProgress {
  readonly phase: 'warm-up' | 'measure';
  /** Since the phase's first due time. */
  readonly elapsedMs: number;
  readonly counts: LoadCounts;
}

export interface OpenCommand {
  readonly kind: 'open';
  readonly workloadPath: string;
  /** null: the module exports a workload. */
  readonly workloadArgument: unknown;
  readonly targetUrl: string;
  readonly loadPlan: LoadPlan;
  readonly niceness: number;
  /** How many threads send; null: as many as the rate needs. */
  readonly threadCount: number | null;
  /** The loop that is asked for; null: the native one where it is known to work. */
  readonly transport: Loop['kind'] | null;
  /** Whether the histogram of each second is kept and stretches without service are looked for, whatever the workload. */
  readonly keepsDetail: boolean;
  /** To one of several threads: its part. null: all of the load. */
  readonly share: Share | null;
}

/** From the parent; one at a time, each answered by its report or by `refused`. */
export type GeneratorCommand =
  | OpenCommand
  | { readonly kind: 'warm-up'; readonly count: number; readonly ratePerSec: number }
  | { readonly kind: 'measure'; readonly startAtNs: number }
  /** Answered by `measured`, in place of the window's own; by nothing when no window is open. */
  | { readonly kind: 'cut-short' };

/** From the generator's process. */
export type GeneratorReport =
  | { readonly kind: 'ready'; readonly ready: GeneratorReady }
  | { readonly kind: 'progress'; readonly progress: GeneratorProgress }
  | { readonly kind: 'warmed-up'; readonly counts: LoadCounts }
  | { readonly kind: 'window-end'; readonly endedAtNs: number }
  | { readonly kind: 'measured'; readonly result: LoadResult; readonly secondHistograms: readonly string[] }
  | { readonly kind: 'refused'; readonly code: HarnessErrorCode; readonly message: string; readonly remedy: string };
