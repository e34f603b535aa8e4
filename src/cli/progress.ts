import { createLogUpdate } from 'log-update';
import { countOf, durationText } from '../compare/text.ts';
import { lineText, logText, visibleText } from '../model/foreign-text.ts';
import type { PrimitiveResult, PrimitiveSpec } from '../model/primitive.ts';
import type { Preparation } from '../model/run-result.ts';
import type { Measurement, Phase, Trial, TrialSpec } from '../model/trial.ts';
import { primitiveFigure } from '../report/build/primitives.ts';
import { formatBytes, formatNs, formatNumber, formatPercent } from '../report/format.ts';
import { maxRoundCount, minRoundCount, type RoundState } from '../run/open-rounds.ts';
import type { PlanSummary, RunReporter, TrialSecond } from '../run/reporter.ts';
import { median } from '../stats/descriptive.ts';
import { mibText, msText } from './format.ts';
import type { GuardedStream } from './output.ts';

export interface Progress extends RunReporter {
  /** Removes the moving line; what was printed stays. */
  end(): void;
}

interface ProgressOptions {
  nowMs(): number;
  /** A line that stays for each phase. */
  readonly verbose: boolean;
  /** What the run will be able to tell; null: not known. */
  forecastOf?(plan: PlanSummary): string | null;
}

/** A terminal gets one line that is rewritten, anything else a plain line an event. */
export function createProgress(output: GuardedStream, { nowMs, verbose, forecastOf }: ProgressOptions): Progress {
  const line = output.isTTY ? rewrittenLine(output) : plainLine(output);
  let trial: { spec: TrialSpec; number: number; count: number; remainingMs: number; startedMs: number } | null = null;
  let phase: Phase = 'copy-database';
  let second = '';
  let widthText = '';
  let plannedCount = 0;
  let doneCount = 0;
  const draw = () => {
    if (trial === null) return;
    const leftMs = Math.max(0, trial.remainingMs - (nowMs() - trial.startedMs));
    line.move(
      `[${trial.number}/${trial.count}] ${describe(trial.spec)} · ${phase}${second} · ${durationText(leftMs)} left${widthText}`,
    );
  };
  const ticker = output.isTTY ? setInterval(draw, 500) : null;
  ticker?.unref();
  return {
    onPlan(plan) {
      plannedCount = plan.trialCount;
      for (const text of planLines(plan)) line.keep(text);
      const forecast = forecastOf?.(plan) ?? null;
      if (forecast !== null) line.keep(forecast);
    },
    onStep: (text) => (trial === null ? line.step(text) : line.keep(text)),
    onPrepared: (preparation) => line.keep(preparedText(preparation)),
    onTrialStart(spec, remainingMs) {
      trial = {
        spec,
        number: doneCount + 1,
        count: Math.max(plannedCount, doneCount + 1),
        remainingMs,
        startedMs: nowMs(),
      };
    },
    onPhase(next) {
      phase = next;
      second = '';
      if (verbose) line.keep(`  ${phase}`);
      else draw();
    },
    onSecond(so) {
      second = ` · ${secondText(so)}`;
      draw();
    },
    onTrialEnd(ended, done, planned) {
      doneCount = done;
      plannedCount = planned;
      const left =
        trial === null ? '' : leftText(trial.remainingMs - (nowMs() - trial.startedMs), output.isTTY === true);
      trial = null;
      line.keep(`[${done}/${planned}] ${describe(ended.spec)}: ${outcomeText(ended)}${left}`);
    },
    onRound(state) {
      widthText = state.halfWidthRatio === null ? '' : ` · ± ${formatPercent(state.halfWidthRatio)}`;
      line.keep(roundText(state));
    },
    onPrimitiveStart(spec, remainingMs) {
      trial = null;
      line.move(`${describeCase(spec)} · ${durationText(remainingMs)} left`);
    },
    onPrimitiveEnd(ended, done, planned) {
      line.keep(`[${done}/${planned}] ${describeCase(ended.spec)}: ${caseText(ended)}`);
    },
    end() {
      if (ticker !== null) clearInterval(ticker);
      line.end();
    },
  };
}

/** "398/s, CPU 0.31 ms, p50 0.52 ms" */
function secondText({ ratePerSec, cpuPerRequestMs, responseP50Ms }: TrialSecond): string {
  const figures = [
    `${formatNumber(ratePerSec)}/s`,
    ...(cpuPerRequestMs === null ? [] : [`CPU ${formatNumber(cpuPerRequestMs)} ms`]),
    ...(responseP50Ms === null ? [] : [`p50 ${formatNumber(responseP50Ms)} ms`]),
  ];
  return figures.join(', ');
}

export interface MovingLine {
  print(text: string): void;
  end(): void;
}

/** For a load that reports once a second: a line that is rewritten, or one that stays every so often. */
export function progressLine(output: GuardedStream): MovingLine {
  if (output.isTTY) {
    const { move, end } = rewrittenLine(output);
    return { print: move, end };
  }
  let count = 0;
  const print = (text: string) => {
    if (count++ % plainLineInterval === 0) output.write(`${text}\n`);
  };
  return { print, end: () => {} };
}

const plainLineInterval = 5;

function leftText(leftMs: number, isTTY: boolean): string {
  return isTTY || leftMs <= 0 ? '' : ` (${durationText(leftMs)} left)`;
}

interface Line {
  keep(text: string): void;
  step(text: string): void;
  move(text: string): void;
  end(): void;
}

function rewrittenLine(output: GuardedStream): Line {
  const size = output.columns ? { columns: output.columns } : {};
  const terminal = { isTTY: true, ...size, write: (text: string) => output.writeControl(text) };
  const update = createLogUpdate(terminal as unknown as NodeJS.WritableStream, { showCursor: true });
  const keep = (text: string) => {
    update.clear();
    output.print(`${text}\n`);
  };
  const move = (text: string) => update(visibleText(text));
  return { keep, step: move, move, end: () => update.clear() };
}

function plainLine(output: GuardedStream): Line {
  const keep = (text: string) => {
    output.print(`${text}\n`);
  };
  return { keep, step: keep, move: () => {}, end: () => {} };
}

function planLines(plan: PlanSummary): string[] {
  const lines = [plan.scenarioDescription];
  for (const { id, reason, remedy } of plan.skipped) lines.push(`skipped: ${id}: ${reason} (remedy: ${remedy})`);
  if (plan.implementationIds.length > 0) lines.push(`measuring ${plan.implementationIds.join(', ')}`);
  if (plan.otherRuntimes.length > 0)
    lines.push(
      `not measured: ${plan.otherRuntimes.join(', ')} (add them with --runtimes ${plan.otherRuntimes.join(',')})`,
    );
  lines.push(`${planned(plan)}, about ${durationText(plan.expectedMs)}${splitText(plan)} after building and checking`);
  if (plan.until !== null) lines.push(untilText(plan.until));
  return lines;
}

function untilText({ halfWidthRatio, timeBudgetMs }: NonNullable<PlanSummary['until']>): string {
  return `rounds go on until every interval of CPU per request is within ± ${formatPercent(halfWidthRatio)}: ${minRoundCount} at least, ${maxRoundCount} at most, and ${durationText(timeBudgetMs)} at most`;
}

const roundEnds = {
  'half-width': ': narrow enough',
  'time-budget': ': the time budget is used up',
  'round-count': `: ${maxRoundCount} rounds are the most`,
} as const;

function roundText({ roundCount, halfWidthRatio, askedRatio, reason }: RoundState): string {
  const reached =
    halfWidthRatio === null ? 'not all can be ranked yet' : `CPU per request within ± ${formatPercent(halfWidthRatio)}`;
  const end = reason === null ? '' : roundEnds[reason];
  return `${countOf(roundCount, 'round')}: ${reached} (asked for ± ${formatPercent(askedRatio)})${end}`;
}

/** What takes which part of the time; "" where there is one part. */
function splitText({ parts }: PlanSummary): string {
  if (parts.length < 2) return '';
  return ` (${parts.map(({ service, expectedMs }) => `${service} ${durationText(expectedMs)}`).join(', ')})`;
}

function planned({ trialCount, expectedTrialCount, primitiveCount }: PlanSummary): string {
  const few = expectedTrialCount < trialCount ? `${expectedTrialCount} of at most ` : '';
  const trials = trialCount > 0 || primitiveCount === 0 ? [`${few}${countOf(trialCount, 'trial')}`] : [];
  const cases = primitiveCount > 0 ? [`${countOf(primitiveCount, 'case')} of primitives`] : [];
  return [...trials, ...cases].join(' and ');
}

function preparedText(preparation: Preparation): string {
  const { id } = preparation.manifest;
  if (preparation.status === 'skipped') return `${id}: skipped: ${lineText(preparation.reason)}`;
  if (preparation.status === 'failed')
    return `${id}: ${lineText(preparation.message)}\n${logText(preparation.logTail)}`.trimEnd();
  if (preparation.status === 'imported') return `${id}: imported`;
  const built =
    preparation.manifest.build.length === 0 || preparation.buildCached
      ? ''
      : `built in ${durationText(preparation.buildMs)}, `;
  const { conformance } = preparation;
  const passed =
    preparation.manifest.service === 'primitives'
      ? 'each case carries its own check'
      : `${conformance.checkCount} checks of the contract passed`;
  return `${id}: ${built}${conformance.status === 'passed' ? passed : `conformance failed: ${conformance.failures[0]}`}`;
}

function describe({ implementation, workload, loadPlan, cluster, temperature, attempt }: TrialSpec): string {
  const cold = temperature === 'cold' ? ' cold' : '';
  const nodes = cluster === null ? '' : ` ${cluster.size} nodes`;
  const rate = loadPlan.ratePerSec === 0 ? '' : ` ${loadPlan.ratePerSec}/s`;
  return `${implementation} ${workload}${nodes}${rate}${cold}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;
}

function describeCase({ implementation, primitive, caseId, size, repetition }: PrimitiveSpec): string {
  return `${implementation} ${primitive} ${caseId}${size === null ? '' : ` ${size}`} #${repetition}`;
}

function caseText(result: PrimitiveResult): string {
  if (result.status === 'failed') return `${result.code}: ${firstLine(result.message)}`;
  if (result.status !== 'ok') return `${result.status === 'unsupported' ? 'not here' : 'not tried'}: ${result.reason}`;
  const { wallNs, cpuNs, privateBytes } = primitiveFigure(result.measurement);
  if (privateBytes !== null) return formatBytes(privateBytes);
  return `${wallNs === null ? '–' : formatNs(wallNs)}${cpuNs === null ? '' : `, CPU ${formatNs(cpuNs)}`}`;
}

function outcomeText(trial: Trial): string {
  if (trial.status === 'failed') return `failed while ${trial.phase}: ${firstLine(trial.message)}`;
  const figures = figuresText(trial.measurement);
  if (trial.status === 'ok')
    return trial.latencyDiscarded ? `${figures} (latency discarded: generator delay too large)` : figures;
  return `${trial.status}: ${trial.reasons.map(({ message }) => message).join('; ')}`;
}

function figuresText({ cpu, load, cluster, memory }: Measurement): string {
  const requests =
    load === null
      ? []
      : [`${msText(cpu.target?.perRequestMs ?? null)} CPU/request`, `p50 ${msText(load.responseTime.p50Ms)}`];
  const electionsMs = (cluster?.elections ?? []).flatMap(({ electionMs }) => electionMs ?? []);
  const elections =
    electionsMs.length === 0 ? [] : [`${electionsMs.length} elections, p50 ${msText(median(electionsMs))}`];
  return [...requests, ...elections, mibText(memory.medianBytes)].join(', ');
}

function firstLine(text: string): string {
  return lineText(text.split('\n')[0] ?? '');
}
