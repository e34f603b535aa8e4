import { HarnessError, type HarnessErrorCode } from '../model/harness-error.ts';
import type { LoadCounts, LoadResult } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import type { Share } from '../stats/schedule.ts';
import type { Loop } from './pace/loop.ts';

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
  /** The median response of the last second whose requests all have an outcome (of several threads, of one's share); null: none has. */
  readonly lastSecondP50Ms: number | null;
}

/** A result and, where they were asked for or are needed to merge it, the histogram of each second. */
export interface MeasuredShare {
  readonly result: LoadResult;
  readonly secondHistograms: readonly string[];
}

/** What is to be sent where: plain data. */
export interface LoadOrder {
  /** A module that exports `workload`, or `createWorkload` where there is an argument for it. */
  readonly workloadPath: string;
  /** Plain data that `createWorkload` makes the workload of. */
  readonly workloadArgument?: unknown;
  /** http://host:port or https://host:port; a path is not part of it. */
  readonly targetUrl: string;
  readonly loadPlan: LoadPlan;
  /** Asked for; `GeneratorReady.niceness` says what was granted. */
  readonly niceness: number;
  /** How many threads send; more than one only where the workload is stateless. Not given: as many as the rate needs. */
  readonly threadCount?: number;
  /** The loop that is asked for; not given: the native one where it is known to work. */
  readonly transport?: Loop['kind'] | null;
  /** Whether the histogram of each second is kept and stretches without service are looked for, whatever the workload. */
  readonly keepsDetail?: boolean;
  /** After so many answers a connection is closed and another opened; not given: never. */
  readonly requestsPerConnection?: number;
}

export interface OpenCommand extends LoadOrder {
  readonly kind: 'open';
  /** To one of several threads: its part. */
  readonly share?: Share;
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
  | ({ readonly kind: 'measured' } & MeasuredShare)
  | { readonly kind: 'refused'; readonly code: HarnessErrorCode; readonly message: string; readonly remedy: string };

type ReportOf<Kind extends GeneratorReport['kind']> = Extract<GeneratorReport, { kind: Kind }>;

/** What is asked of one sending process or thread: a question is answered by its report, by a refusal or by the other's end. */
export class Conversation {
  onProgress: (progress: GeneratorProgress) => void = () => undefined;
  onWindowEnd: (endedAtNs: number) => void = () => undefined;
  readonly #send: (command: GeneratorCommand) => void;
  #question: PromiseWithResolvers<GeneratorReport> | null = null;
  #end: unknown = null;

  constructor(send: (command: GeneratorCommand) => void) {
    this.#send = send;
  }

  async ask<Kind extends GeneratorReport['kind']>(command: GeneratorCommand, kind: Kind): Promise<ReportOf<Kind>> {
    if (this.#end !== null) throw this.#end;
    if (this.#question !== null) throw new Error(`the generator is asked to ${command.kind} before its last answer`);
    this.#question = Promise.withResolvers();
    this.#send(command);
    const report = await this.#question.promise;
    if (report.kind !== kind) throw new Error(`the generator reported ${report.kind} when asked to ${command.kind}`);
    return report as ReportOf<Kind>;
  }

  /** A command whose answer is another question's. */
  tell(command: GeneratorCommand) {
    if (this.#end === null) this.#send(command);
  }

  readonly hear = (report: GeneratorReport): void => {
    if (report.kind === 'progress') this.onProgress(report.progress);
    else if (report.kind === 'window-end') this.onWindowEnd(report.endedAtNs);
    else if (report.kind === 'refused') {
      this.#takeQuestion()?.reject(new HarnessError(report.code, report.message, report.remedy));
    } else this.#takeQuestion()?.resolve(report);
  };

  /** Nothing more will be heard. */
  end(reason: unknown) {
    this.#end ??= reason;
    this.#takeQuestion()?.reject(this.#end);
  }

  #takeQuestion() {
    const question = this.#question;
    this.#question = null;
    return question;
  }
}
