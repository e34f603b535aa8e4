import type { LoadCounts, LoadResult, Wakeups } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import type { ServerSentEvent, Workload } from '../model/workload.ts';
import type { Clock } from './clock.ts';
import { connectTo } from './connection.ts';
import { openEventStreams } from './event-streams.ts';
import type { DriverProgress } from './messages.ts';
import type { Pacer } from './pacer.ts';
import { createPool } from './pool.ts';
import { createRecorder, type Recorder, type Recording } from './recorder.ts';
import { createRequestWriter } from './request-text.ts';
import { createSchedule, peakRatePerSec, type Share } from './schedule.ts';
import { type SelfReading, startSelfMeter } from './self-meter.ts';
import { type Flight, sendWindow, type Window } from './sender.ts';
import type { TargetAddress } from './socket.ts';
import { hostOf } from './target-address.ts';

/** One workload against one target: warm-up blocks and the measured window share its connections and its state. */
export interface LoadSession {
  warmUp(count: number, ratePerSec: number): Promise<LoadCounts>;
  measure(startAtNs: number, onWindowEnd: (endedAtNs: number) => void): Promise<MeasuredShare>;
  /** What the open window has recorded by now; null when none is open. */
  soFar(): MeasuredShare | null;
  /** Closes its connections. */
  close(): void;
}

/** A result and, where it is only a share of the load, what is needed to merge its seconds. */
export interface MeasuredShare {
  readonly result: LoadResult;
  readonly secondHistograms: readonly string[];
}

export interface LoadSessionOptions {
  readonly workload: Workload;
  readonly address: TargetAddress;
  /** The whole load's, but for connectionCount and maxInFlightCount: these are this session's own. */
  readonly profile: LoadPlan;
  /** This session's part of the load; null: all of it. */
  readonly share: Share | null;
  readonly niceness: number;
  readonly clock: Clock;
  readonly pacer: Pacer;
  onProgress(progress: DriverProgress): void;
}

const nsPerMs = 1e6;
const progressEveryMs = 1_000;
/** Starting the meter costs half a millisecond, which the first request must not wait for. */
const meterLeadMs = 3;
/** Beyond the time-out of the last request, so that a warm-up leaves nothing in flight. */
const warmupDrainSlackMs = 1_000;

/** Opens the workload's event streams. Throws when one of them is refused. */
export async function openLoadSession(options: LoadSessionOptions): Promise<LoadSession> {
  const { workload, address, profile, share, clock, pacer } = options;
  const { timeoutMs } = profile;
  const split = share === null ? {} : { share };
  const seed = profile.seed + (share?.index ?? 0);
  const session = workload.open({
    seed,
    timeoutMs,
    ratePerSec: peakRatePerSec({ ...profile, ...split }),
    nowNs: clock.nowNs,
  });
  const writeRequest = createRequestWriter(hostOf(address));
  const connect = connectTo(address, writeRequest, workload.ignoresBodies !== true);
  const pool = createPool<Flight>(connect, profile.connectionCount, clock);
  let soFar: () => MeasuredShare | null = () => null;
  let current: { readonly recorder: Recorder; readonly startAtNs: number } | null = null;

  /** What an event completes belongs to a window when it began there. */
  const onEvent = (event: ServerSentEvent) => {
    const completed = session.onEvent(event);
    if (completed === null || current === null || completed.startedAtNs < current.startAtNs) return;
    current.recorder.completed(completed.operation, clock.nowNs() - completed.startedAtNs);
  };
  const hasStreams = session.streams.length > 0;
  await openEventStreams(address, writeRequest, session.streams, onEvent);

  const run = async (phase: DriverProgress['phase'], window: Window, onWindowEnd: (nowNs: number) => void) => {
    const { startAtNs } = window;
    const recorder = createRecorder(startAtNs, window.lengthNs, {
      keepsSecondHistograms: share !== null,
      seesOutages: workload.clusterFault !== undefined,
    });
    current = { recorder, startAtNs };
    const report = () => {
      const elapsedMs = Math.max(0, (clock.nowNs() - startAtNs) / nsPerMs);
      options.onProgress({ phase, elapsedMs, counts: recorder.counts() });
    };
    const ticker = setInterval(report, progressEveryMs);
    await sendWindow(window, { clock, pacer, pool, session, recorder, hasStreams, onWindowEnd });
    clearInterval(ticker);
    current = null;
    return recorder.finish();
  };

  const limits = { timeoutNs: timeoutMs * nsPerMs, maxInFlightCount: profile.maxInFlightCount };
  const warmUp = async (count: number, ratePerSec: number) => {
    const whole = { arrivals: 'constant', ratePerSec, steps: null, seed } as const;
    const spec = { ...whole, ...split };
    const lengthNs = createSchedule(whole).offsetNs(count);
    const drainNs = limits.timeoutNs + warmupDrainSlackMs * nsPerMs;
    const startAtNs = clock.nowNs() + nsPerMs;
    const { counts } = await run('warm-up', { spec, startAtNs, lengthNs, drainNs, ...limits }, () => undefined);
    return counts;
  };

  const measure = async (startAtNs: number, onWindowEnd: (endedAtNs: number) => void): Promise<MeasuredShare> => {
    const lengthNs = profile.measureMs * nsPerMs;
    const window = {
      spec: { ...profile, ...split },
      startAtNs,
      lengthNs,
      drainNs: profile.drainMs * nsPerMs,
      ...limits,
    };
    const before = pool.stats();
    const wakesBefore = pacer.wakes();
    const meter = meterFrom(clock, startAtNs - meterLeadMs * nsPerMs, pacer.parkedNs);
    const assemble = (
      { sendGapCv, secondHistograms, ...recording }: Recording,
      endedAtNs: number,
      self: SelfReading,
    ): MeasuredShare => {
      const result: LoadResult = {
        startedAtNs: startAtNs,
        endedAtNs,
        ...recording,
        acknowledged: session.acknowledged(),
        generator: {
          pacer: pacer.kind,
          threadCount: 1,
          wakes: wakesSince(wakesBefore, pacer.wakes()),
          niceness: options.niceness,
          ...self,
          sendGapCv,
          connectionsOpenedCount: pool.stats().openedCount,
          staleRetryCount: pool.stats().staleRetryCount - before.staleRetryCount,
        },
      };
      return { result, secondHistograms };
    };
    const windowEnd = Promise.withResolvers<{ endedAtNs: number; self: SelfReading }>();
    const recorded = run('measure', window, (endedAtNs) => {
      windowEnd.resolve({ endedAtNs, self: meter.read() });
      onWindowEnd(endedAtNs);
    });
    soFar = () =>
      current === null ? null : assemble(current.recorder.snapshot(), Math.max(startAtNs, clock.nowNs()), meter.read());
    const recording = await recorded;
    const { endedAtNs, self } = await windowEnd.promise;
    return assemble(recording, endedAtNs, self);
  };
  return { warmUp, measure, soFar: () => soFar(), close: pool.close };
}

function wakesSince(before: Wakeups, now: Wakeups): Wakeups {
  return {
    parkedCount: now.parkedCount - before.parkedCount,
    answerCount: now.answerCount - before.answerCount,
    threadCount: now.threadCount - before.threadCount,
    timerCount: now.timerCount - before.timerCount,
  };
}

/** A meter that starts at `timeNs`, so that the wait for the window does not dilute its figures. */
function meterFrom(clock: Clock, timeNs: number, parkedNs: () => number): { read(): SelfReading } {
  let read = startSelfMeter(parkedNs);
  clock.at(timeNs, () => {
    read();
    read = startSelfMeter(parkedNs);
  });
  return { read: () => read() };
}
