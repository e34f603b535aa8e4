import { presentable } from '../../model/foreign-text.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { Phase } from '../../model/trial.ts';
import {
  describeSpec,
  initialLiveState,
  type LiveState,
  type LiveTrial,
  liveFigures,
  liveRow,
} from '../../report/build/live-state.ts';
import { bundleLivePage } from '../../report/html/bundle.ts';
import { liveHtml } from '../../report/html/live.ts';
import { pagePolicy } from '../../report/html/page.ts';
import type { RunReporter } from '../../run/reporter.ts';
import { startLiveServer } from './live-server.ts';

interface LiveOptions {
  /** 0: a free one. */
  readonly port: number;
  nowMs(): number;
  /** The page of what has been measured so far; called between trials. */
  makeReport(result: RunResult): string;
}

export interface LiveRun extends RunReporter {
  readonly url: string;
  /** Says so to those who watch, and stops serving. */
  close(): Promise<void>;
}

/** In a window nothing is sent more often. */
const minIntervalMs = 1_000;

/** Serves a run to browsers of this machine, and tells the given reporter everything as well. */
export async function startLiveRun(inner: RunReporter, { port, nowMs, makeReport }: LiveOptions): Promise<LiveRun> {
  const assets = await bundleLivePage();
  let state: LiveState = initialLiveState;
  let result: RunResult | null = null;
  let report: { readonly of: RunResult; readonly page: string } | null = null;
  let phase: Phase | null = null;
  let sentMs = Number.NEGATIVE_INFINITY;

  const isMeasuring = () => phase === 'measure';
  const reportNow = () => {
    if (result === null) return null;
    if (report?.of !== result && !isMeasuring()) report = { of: result, page: makeReport(result) };
    return report?.page ?? null;
  };
  const server = await startLiveServer(port, {
    page: liveHtml('A run', assets),
    policy: pagePolicy(assets, true),
    state: () => ({ name: 'state', data: presentable(state) }),
    report: reportNow,
  });
  const send = (name: string, data: unknown) => {
    sentMs = nowMs();
    server.send({ name, data: presentable(data) });
  };
  const showTrial = (now: LiveTrial | null) => {
    state = { ...state, now };
    const isTooSoon = isMeasuring() && nowMs() - sentMs < minIntervalMs * 0.9;
    if (!isTooSoon) send('now', now);
  };
  return {
    ...inner,
    url: server.url,
    onPlan(plan) {
      inner.onPlan(plan);
      state = { ...state, title: plan.scenarioDescription, plannedCount: plan.trialCount };
      send('state', state);
    },
    onStep(text) {
      inner.onStep(text);
      state = { ...state, step: text };
      if (!isMeasuring()) send('step', text);
    },
    onTrialStart(spec, remainingMs) {
      inner.onTrialStart(spec, remainingMs);
      phase = null;
      state = { ...state, step: 'measuring' };
      send('step', state.step);
      showTrial({ what: describeSpec(spec), phase: 'copy-database', figures: null, secondsMs: [] });
    },
    onPhase(next) {
      inner.onPhase(next);
      const { now } = state;
      // Before the window opens, so that nothing of it is in it.
      phase = null;
      if (now !== null) showTrial({ ...now, phase: next });
      phase = next;
    },
    onSecond(second) {
      inner.onSecond?.(second);
      const { now } = state;
      if (now === null) return;
      const { lastSecondP50Ms } = second;
      const secondsMs = lastSecondP50Ms === null ? now.secondsMs : [...now.secondsMs, lastSecondP50Ms];
      showTrial({ ...now, figures: liveFigures(second), secondsMs });
    },
    noteWatchers: server.noteWatchers,
    onTrialEnd(trial, doneCount, plannedCount) {
      inner.onTrialEnd(trial, doneCount, plannedCount);
      phase = null;
      const row = liveRow(trial);
      state = { ...state, doneCount, plannedCount, trials: [...state.trials, row] };
      send('trial', { doneCount, plannedCount, row });
    },
    onSaved(saved) {
      inner.onSaved?.(saved);
      result = saved;
    },
    async close() {
      const text = result?.state === 'complete' ? 'the run is complete' : 'the run ended early';
      state = { ...state, end: text, now: null };
      send('end', text);
      await server.close();
    },
  };
}
