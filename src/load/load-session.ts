import type { LoadCounts, LoadResult } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import type { ServerSentEvent, Workload, WorkloadSession } from '../model/workload.ts';
import { createSchedule, peakRatePerSec, type ScheduleSpec, type Share } from '../stats/schedule.ts';
import { Recorder, type Recording } from './accounting/recorder.ts';
import { type SelfReading, startSelfMeter } from './accounting/self-meter.ts';
import type { GeneratorProgress, MeasuredShare } from './messages.ts';
import type { Loop } from './pace/loop.ts';
import { type Flight, sendWindow, type Window } from './pace/sender.ts';
import { connectBy, RequestWriter } from './transport/connection.ts';
import { type EventStreams, openEventStreams } from './transport/event-streams.ts';
import { Pool } from './transport/pool.ts';
import { AnswerCollector } from './transport/response-reader.ts';
import type { TargetPoint } from './transport/socket.ts';
import { hostOf } from './transport/target-address.ts';

export interface LoadSessionOptions {
  readonly workload: Workload;
  /** What the workload's `setUp` returned. */
  readonly setUp?: unknown;
  readonly point: TargetPoint;
  /** The whole load's, but for connectionCount and maxInFlightCount: these are this session's own. */
  readonly loadPlan: LoadPlan;
  /** This session's part of the load; null: all of it. */
  readonly share: Share | null;
  /** See LoadOrder. */
  readonly keepsDetail?: boolean;
  readonly requestsPerConnection?: number | undefined;
  readonly niceness: number;
  readonly loop: Loop;
  onProgress(progress: GeneratorProgress): void;
}

const nsPerMs = 1e6;
const progressEveryNs = 1e9;
/** Starting the meter costs half a millisecond, which the first request must not wait for. */
const meterLeadNs = 3e6;
/** Beyond the time-out of the last request, so that a warm-up leaves nothing in flight. */
const warmupDrainSlackNs = 1e9;

/** Opens the workload's event streams. Throws when one of them is refused. */
export async function openLoadSession(options: LoadSessionOptions): Promise<LoadSession> {
  const session = new LoadSession(options);
  await session.openStreams();
  return session;
}

interface OpenWindow {
  readonly recorder: Recorder;
  readonly startAtNs: number;
  /** Only of the measured window. */
  readonly soFar: (() => MeasuredShare) | null;
}

/** One workload against one target: warm-up blocks and the measured window share its connections and its state. */
export class LoadSession {
  readonly #options: LoadSessionOptions;
  readonly #session: WorkloadSession;
  readonly #pool: Pool<Flight>;
  #streams: EventStreams | null = null;
  #current: OpenWindow | null = null;

  constructor(options: LoadSessionOptions) {
    const { workload, setUp, point, loadPlan, share, loop } = options;
    this.#options = options;
    this.#session = workload.open({
      seed: this.#seed,
      timeoutMs: loadPlan.timeoutMs,
      ratePerSec: peakRatePerSec(specOf(loadPlan, share)),
      nowNs: loop.nowNs,
      ...(setUp === undefined ? {} : { setUp }),
    });
    const createAnswer = () => new AnswerCollector(workload.ignoresBodies !== true);
    const connect = connectBy(loop, point, new RequestWriter(hostOf(point.target)), createAnswer);
    this.#pool = new Pool(connect, loadPlan.connectionCount, loop, options.requestsPerConnection);
  }

  async openStreams(): Promise<void> {
    const { loop, point } = this.#options;
    this.#streams = await openEventStreams(loop, point, this.#session.streams, (event) => this.#onEvent(event));
  }

  async warmUp(count: number, ratePerSec: number): Promise<LoadCounts> {
    const { loop, share } = this.#options;
    const whole = { arrivals: 'constant', ratePerSec, steps: null, seed: this.#seed } as const;
    const { timeoutNs, maxInFlightCount } = this.#limits;
    const startAtNs = loop.nowNs() + nsPerMs;
    const window = {
      ...{ spec: specOf(whole, share), startAtNs, lengthNs: createSchedule(whole).offsetNs(count) },
      ...{ timeoutNs, maxInFlightCount, drainNs: timeoutNs + warmupDrainSlackNs },
    };
    return (await this.#run('warm-up', window, () => undefined, null)).counts;
  }

  async measure(startAtNs: number, onWindowEnd: (endedAtNs: number) => void): Promise<MeasuredShare> {
    const { loop, loadPlan, share } = this.#options;
    const window = {
      ...{ spec: specOf(loadPlan, share), startAtNs, lengthNs: loadPlan.measureMs * nsPerMs },
      ...{ ...this.#limits, drainNs: loadPlan.drainMs * nsPerMs },
    };
    const before = { staleRetryCount: this.#pool.stats.staleRetryCount, wakeupCount: loop.wakeupCount() };
    const readMeter = startSelfMeter(loop, startAtNs - meterLeadNs);
    let ended: { readonly atNs: number; readonly self: SelfReading } | null = null;
    const assemble = (recording: Recording) => {
      const { atNs, self } = ended ?? { atNs: Math.max(startAtNs, loop.nowNs()), self: readMeter() };
      return this.#shareOf(recording, startAtNs, atNs, self, before);
    };
    const onEnd = (atNs: number) => {
      ended = { atNs, self: readMeter() };
      onWindowEnd(atNs);
    };
    return assemble(await this.#run('measure', window, onEnd, assemble));
  }

  /** What the open window has recorded by now; null when none is open. */
  cutShort(): MeasuredShare | null {
    return this.#current?.soFar?.() ?? null;
  }

  /** Closes its connections. */
  close() {
    this.#pool.close();
    this.#streams?.close();
  }

  get #seed(): number {
    return this.#options.loadPlan.seed + (this.#options.share?.index ?? 0);
  }

  get #limits(): Pick<Window, 'timeoutNs' | 'maxInFlightCount'> {
    const { timeoutMs, maxInFlightCount } = this.#options.loadPlan;
    return { timeoutNs: timeoutMs * nsPerMs, maxInFlightCount };
  }

  /** What an event completes belongs to a window when it began there. */
  #onEvent(event: ServerSentEvent) {
    const completed = this.#session.onEvent(event);
    const current = this.#current;
    if (completed === null || current === null || completed.startedAtNs < current.startAtNs) return;
    current.recorder.completed(completed.operation, this.#options.loop.nowNs() - completed.startedAtNs);
  }

  async #run(
    phase: GeneratorProgress['phase'],
    window: Window,
    onWindowEnd: (nowNs: number) => void,
    assemble: ((recording: Recording) => MeasuredShare) | null,
  ): Promise<Recording> {
    const { workload, loop, share, keepsDetail = false, onProgress } = this.#options;
    const { startAtNs } = window;
    const recorder = new Recorder(startAtNs, window.lengthNs, {
      keepsSecondHistograms: keepsDetail || share !== null,
      seesOutages: keepsDetail || workload.clusterFault !== undefined,
    });
    this.#current = { recorder, startAtNs, soFar: assemble === null ? null : () => assemble(recorder.snapshot()) };
    const tick = () => {
      ticker = loop.at(loop.nowNs() + progressEveryNs, tick);
      const elapsedMs = Math.max(0, (loop.nowNs() - startAtNs) / nsPerMs);
      onProgress({ phase, elapsedMs, counts: recorder.counts(), lastSecondP50Ms: recorder.lastSecondP50Ms() });
    };
    let ticker = loop.at(loop.nowNs() + progressEveryNs, tick);
    const hasStreams = this.#session.streams.length > 0;
    // What a cluster says of its leader decides where the next request goes.
    const readsLate = !hasStreams && workload.clusterFault === undefined;
    const parts = { loop, pool: this.#pool, session: this.#session, recorder, hasStreams, readsLate, onWindowEnd };
    await sendWindow(window, parts);
    ticker.cancel();
    this.#current = null;
    return recorder.finish();
  }

  #shareOf(
    { sendGapCv, secondHistograms, ...recording }: Recording,
    startedAtNs: number,
    endedAtNs: number,
    self: SelfReading,
    before: { readonly staleRetryCount: number; readonly wakeupCount: number },
  ): MeasuredShare {
    const { loop, niceness } = this.#options;
    const { openedCount, staleRetryCount } = this.#pool.stats;
    const result: LoadResult = {
      startedAtNs,
      endedAtNs,
      ...recording,
      acknowledged: this.#session.acknowledged(),
      generator: {
        engine: 'paceline',
        ...{ loop: loop.kind, threadCount: 1, wakeupCount: loop.wakeupCount() - before.wakeupCount, niceness },
        ...{ ...self, sendGapCv, connectionsOpenedCount: openedCount },
        staleRetryCount: staleRetryCount - before.staleRetryCount,
      },
    };
    return { result, secondHistograms };
  }
}

function specOf(whole: ScheduleSpec, share: Share | null): ScheduleSpec {
  return share === null ? whole : { ...whole, share };
}
