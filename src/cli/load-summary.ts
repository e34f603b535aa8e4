import Table from 'cli-table3';
import { countOf, durationText } from '../compare/text.ts';
import type { GeneratorAssessment } from '../model/generator-assessment.ts';
import type { Latency, LoadResult } from '../model/load-result.ts';
import { plainChars } from './format.ts';
import type { LoadRequest } from './load-request.ts';
import { type SpentResources, spentText } from './spent-text.ts';

/** What one load was: its three distributions, where every request went, and what the generator says of itself. */
export function loadSummary(
  request: LoadRequest,
  result: LoadResult,
  verdict: GeneratorAssessment,
  spent: SpentResources | null,
): string {
  return [
    headline(request, result),
    '',
    latencyTable(result, verdict.status === 'invalid'),
    '',
    countsText(result),
    ...result.errors.map(({ reason, count }) => `  ${count} × ${reason}`),
    spent === null ? unknownText : spentText(spent, result.counts.sentCount),
    generatorText(result),
    verdictText(verdict),
  ].join('\n');
}

const unknownText =
  'target: its CPU and memory are not known; name it with --pid, --cgroup or --container if it runs on this machine';

function headline({ spec, origin, loadPlan }: LoadRequest, result: LoadResult): string {
  const lasted = durationText((result.endedAtNs - result.startedAtNs) / 1e6);
  return `${spec.method} ${origin}${spec.path} · ${loadPlan.ratePerSec}/s ${loadPlan.arrivals} · ${lasted} · at most ${loadPlan.connectionCount} connections`;
}

const quantiles = [
  ['min', 'minMs'],
  ['mean', 'meanMs'],
  ['p50', 'p50Ms'],
  ['p90', 'p90Ms'],
  ['p99', 'p99Ms'],
  ['p99.9', 'p999Ms'],
  ['max', 'maxMs'],
] as const satisfies readonly (readonly [string, keyof Latency])[];

/** What the generator made itself, or did not send as asked, is no latency of the target's; what it says of itself stands. */
function latencyTable(
  { responseTime, serviceTime, sendDelay, generatorDelay, connectionWait }: LoadResult,
  isDiscarded: boolean,
): string {
  const table = new Table({
    head: ['ms', 'count', ...quantiles.map(([title]) => title), ''],
    chars: plainChars,
    style: { head: [], border: [] },
    colAligns: ['left', 'right', ...quantiles.map(() => 'right' as const), 'left'],
  });
  const add = (name: string, latency: Latency, meaning: string) =>
    table.push([name, String(latency.count), ...quantiles.map(([, key]) => figure(latency[key])), meaning]);
  const addJudged = (name: string, latency: Latency, meaning: string) => {
    if (!isDiscarded) return add(name, latency, meaning);
    const figures = quantiles.map(([, key]) => `(${figure(latency[key])})`);
    table.push([name, String(latency.count), ...figures, `${meaning}: discarded`]);
  };
  addJudged('response', responseTime, 'answered − due');
  addJudged('service', serviceTime, 'answered − sent');
  add('send delay', sendDelay, 'sent − due');
  add('  generator delay', generatorDelay, 'the generator was not awake');
  add('  connection wait', connectionWait, 'no connection was free');
  return table.toString();
}

/** Unknown, or too few requests to carry the quantile: a dash. */
function figure(valueMs: number | null): string {
  if (valueMs === null) return '–';
  return valueMs < 10 ? valueMs.toFixed(3) : valueMs.toFixed(1);
}

function countsText({ counts }: LoadResult): string {
  const { scheduledCount, okCount, wrongCount, failedCount, timedOutCount, inFlightCount, unsentCount } = counts;
  return `${scheduledCount} due = ${okCount} ok + ${wrongCount} wrong + ${failedCount} failed + ${timedOutCount} timed out + ${inFlightCount} in flight + ${unsentCount} unsent`;
}

function generatorText({ generator, startedAtNs, endedAtNs, counts }: LoadResult): string {
  const cpuMs = generator.cpuUserMs + generator.cpuSystemMs;
  const windowMs = (endedAtNs - startedAtNs) / 1e6;
  const perRequest = (value: number) => value / Math.max(1, counts.sentCount);
  const parts = [
    `${percent(cpuMs / windowMs)} of a core (${perRequest(1000 * cpuMs).toFixed(0)} µs of CPU a request)`,
    `busy ${percent(generator.eventLoopUtilizationRatio)} of the time`,
    `${generator.gcMs.toFixed(1)} ms of garbage collection`,
    `${countOf(generator.connectionsOpenedCount, 'connection')} opened`,
    `${generator.loop} loop in ${generator.threadCount === 1 ? 'one thread' : `${generator.threadCount} threads`}`,
    ...(generator.wakeupCount === null
      ? []
      : [`woken ${perRequest(generator.wakeupCount).toFixed(2)} times a request`]),
  ];
  return `generator: ${parts.join(', ')}${evennessText(generator)}`;
}

function evennessText({ sendGapCv }: LoadResult['generator']): string {
  return sendGapCv === null
    ? ''
    : `\nsending: gaps vary by ${sendGapCv.toFixed(2)} of their mean (0 is even, 1 is random)`;
}

function verdictText(verdict: GeneratorAssessment): string {
  if (verdict.status === 'valid') return 'verdict: valid';
  const what = verdict.voids === 'everything' ? 'invalid' : 'latency discarded';
  return `verdict: ${what}: ${verdict.reasons.map(({ message }) => message).join('; ')}`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}
