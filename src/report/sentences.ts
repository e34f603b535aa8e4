import { countOf } from '../compare/text.ts';
import { describeCluster } from '../model/cell-key.ts';
import type { CountedLoadRecord, Preparation, WireAnswer } from '../model/run-result.ts';
import type { BaselineRow } from './baseline.ts';
import { formatNumber, formatPercent, intervalText, joinList, orDash, toSentence } from './format.ts';
import type {
  Answer,
  CollectedWarning,
  LargestCluster,
  PublishedComparison,
  Question,
  ReportedRun,
  Resolution,
  Trust,
} from './model.ts';

const reproductionTexts: Readonly<Record<PublishedComparison['verdict'], string>> = {
  inside: 'reproduced: inside our 95 % interval',
  close: 'reproduced: within 10 % at p50, 25 % at p99',
  outside: 'not reproduced',
  unknown: 'too few elections to say',
};

/** "raft-go p50: published 171 ms, here 174 (169–180) ms: …", one line a published figure and implementation. */
export function publishedLines({ rows }: Pick<Question, 'rows'>): string[] {
  return rows.flatMap(({ implementation, elections }) =>
    (elections?.comparisons ?? []).map((comparison) => `${implementation.id} ${publishedText(comparison)}`),
  );
}

export function publishedText({ name, publishedMs, ours, verdict }: PublishedComparison): string {
  return `${name}: published ${formatNumber(publishedMs)} ms, here ${intervalText(ours)} ms: ${reproductionText(verdict)}`;
}

function reproductionText(verdict: PublishedComparison['verdict']): string {
  return reproductionTexts[verdict];
}

/** The whole warning as sentences; `subject` says whose trials it is about. */
export function warningText({ message, advice }: CollectedWarning): string {
  return `${toSentence(message.replace(/\.$/, ''))}${advice === null ? '' : ` ${toSentence(advice)}`}`;
}

/** "20 trials of crud-go and crud-node-async"; null: about the run as a whole. */
export function warningSubject({ implementations, trialCount }: CollectedWarning): string | null {
  return trialCount === 0 ? null : `${countOf(trialCount, 'trial')} of ${joinList(implementations)}`;
}

/** One line of trust: the generator, the noise of the machine, and the resolution. */
export function trustText(trust: Trust): string {
  return [generatorTrust(trust), noiseTrust(trust), resolutionTrust(trust), untilTrust(trust)]
    .filter((part) => part !== '')
    .join('; ');
}

function generatorTrust({ drivenTrialCount, latencyDiscardedCount, invalidCount }: Trust): string {
  const trials = countOf(drivenTrialCount, 'trial');
  const invalid = invalidCount === 0 ? [] : [`${countOf(invalidCount, 'invalid trial')}`];
  if (drivenTrialCount === 0) return invalid.join('');
  const latency = `latency discarded in ${latencyDiscardedCount} of ${trials}`;
  return [`generator: ${latencyDiscardedCount === 0 ? `no latency discarded in ${trials}` : latency}`, ...invalid].join(
    ', ',
  );
}

function noiseTrust({ maxOtherProcessesCpuRatio, maxStealRatio, maxSlowdownFactor }: Trust): string {
  const parts = [
    ...(maxOtherProcessesCpuRatio === null ? [] : [`other processes’ CPU ${formatPercent(maxOtherProcessesCpuRatio)}`]),
    ...(maxStealRatio === null ? [] : [`steal ${formatPercent(maxStealRatio)}`]),
    ...(maxSlowdownFactor === null ? [] : [`slowdown factor ${formatNumber(maxSlowdownFactor)}`]),
  ];
  return parts.length === 0 ? '' : `noise at most: ${parts.join(', ')}`;
}

function resolutionTrust({ resolutions: [coarsest, ...others] }: Trust): string {
  if (coarsest === undefined) return '';
  const ratio = formatPercent(coarsest.resolution.halfWidthRatio);
  return `resolution: CPU differences over ${ratio} are told apart${others.length === 0 ? '' : ` (${coarsest.conditions})`}`;
}

const untilReasons = {
  'half-width': '',
  'time-budget': ', where the time budget ended',
  'round-count': ', the most that are made',
} as const;

/** "asked for intervals of CPU per request within ± 5 %: reached ± 4.8 % in 12 rounds" */
function untilTrust({ until }: Trust): string {
  if (until === null) return '';
  const asked = `asked for intervals of CPU per request within ± ${formatPercent(until.halfWidthRatio)}`;
  if (until.ended === null) return `${asked}: ended before it was known`;
  const { roundCount, halfWidthRatio, reason } = until.ended;
  const rounds = `${countOf(roundCount, 'round')}${untilReasons[reason]}`;
  if (halfWidthRatio === null) return `${asked}: not all could be ranked in ${rounds}`;
  const isReached = halfWidthRatio <= until.halfWidthRatio;
  return `${asked}: ${isReached ? 'reached' : 'not reached, but'} ± ${formatPercent(halfWidthRatio)} in ${rounds}`;
}

/** "history at 100/s, cold" */
export function questionTitle({ workload, ratePerSec, temperature, cluster }: Question): string {
  const rate = ratePerSec === 0 ? '' : ` at ${ratePerSec}/s${temperature === 'cold' ? ', cold' : ''}`;
  return `${workload}${rate}${cluster === null ? '' : `, ${describeCluster(cluster)}`}`;
}

/** All answers of a question in a line: "all 7 sustained it; crud-go leads CPU 1.2×, memory 7.8×; p50: 3 indistinct". */
export function answersBrief(answers: readonly Answer[]): string {
  const of = (verdict: Answer['verdict']) => answers.filter((answer) => answer.verdict === verdict);
  const byLeader = Map.groupBy(of('distinct'), (answer) => strongTexts(answer).join());
  const rankings = [...[...byLeader].map(leadText), ...of('indistinct').map(indistinctText)];
  const isTooFew = rankings.length === 0 && of('too-few').length > 0;
  return [...of('rate').map(rateText), ...rankings, ...(isTooFew ? ['too few ok trials to rank'] : [])].join('; ');
}

function leadText([id, answers]: readonly [string, readonly Answer[]]): string {
  return `${id} leads ${answers.map(({ short, advantage }) => `${short} ${advantage}`).join(', ')}`;
}

function rateText({ parts, short }: Answer): string {
  const text = parts.map((part) => part.text).join('');
  return /^all \d+$/.test(text) ? `${text} ${short}` : `${short}: ${text}`;
}

function indistinctText(answer: Answer): string {
  const names = strongTexts(answer);
  return `${answer.short}: ${names.length > 2 ? `${names.length} indistinct` : names.join(' or ')}`;
}

function strongTexts({ parts }: Answer): string[] {
  return parts.filter(({ strong }) => strong).map(({ text }) => text);
}

/** Which differences this run can resolve. */
export function resolutionSentence({ halfWidthRatio, spreadRatio, areSpreadsAlike, ...sample }: Resolution): string {
  const [min, max] = sample.trialCounts;
  const trials = min === max ? `${min}` : `${min} to ${max}`;
  const unlike = areSpreadsAlike
    ? ''
    : ' The implementations vary unlike each other, so each pair is also judged by its own spread.';
  return `Differences in CPU per request of more than ${formatPercent(halfWidthRatio)} are told apart, at 95 % for all pairs together: a trial varies by ${formatPercent(spreadRatio)} beyond what its round shares (${countOf(sample.implementationCount, 'implementation')}, ${trials} trials each).${unlike}`;
}

/** The part of a result at about this rate that comes from the generator alone. */
export function baselineSentence(row: BaselineRow): string {
  const figure = (value: number | null) => orDash(value, formatNumber);
  const figures = [
    `generator delay p50 ${figure(row.generatorDelayP50Ms)} ms, p99 ${figure(row.generatorDelayP99Ms)} ms`,
    `service time p50 ${figure(row.serviceP50Ms)} ms, p99 ${figure(row.serviceP99Ms)} ms`,
    `generator CPU ${figure(row.generatorCpuMs)} ms per request`,
  ];
  return `Null-target baseline of this machine at ${row.ratePerSec}/s: ${figures.join('; ')}.`;
}

/** "raft-go: 301 nodes (9 of 10 starts); 1001 nodes: …" */
export function largestClusterText({ row, size, okCount, startCount, limitReason }: LargestCluster): string {
  const held = size === null ? 'no size held' : `${size} nodes (${okCount} of ${startCount} starts)`;
  return `${row.implementation.id}: ${held}; ${limitReason}`;
}

/** What was seen of each implementation before its trials, and what its build saw of the user's environment; alike ones in one line. */
export function preparationLines({ implementations }: Pick<ReportedRun, 'implementations'>): string[] {
  const texts = implementations.flatMap((one) => preparationTexts(one).map((text) => ({ text, id: one.manifest.id })));
  return [...Map.groupBy(texts, ({ text }) => text)].map(
    ([text, members]) => `${joinList(members.map(({ id }) => id))}: ${text}`,
  );
}

/** The same of one. */
export function preparationTexts(preparation: Preparation): string[] {
  if (preparation.status !== 'ready') return [];
  const { conformance, buildEnvironment } = preparation;
  const counted = conformance.status === 'passed' ? conformance.countedLoad : null;
  const wire = conformance.status === 'passed' ? conformance.wire : null;
  const ignored = buildEnvironment?.ignored ?? [];
  return [
    ...(counted === null ? [] : [countedLoadText(counted)]),
    ...(wire === null ? [] : [wireText(wire)]),
    ...(ignored.length === 0 ? [] : [`built without your ${joinList(ignored)}`]),
  ];
}

/** "each answer has the headers date and server" */
function wireText(wire: readonly WireAnswer[]): string {
  const [first, ...others] = wire.map(({ headerNames }) => headerNames);
  const common = (first ?? []).filter((name) => others.every((names) => names.includes(name)));
  return `each answer has the headers ${joinList(common)}`;
}

/** "2.21 statements a request, by contract 1.98 to 2.41; 8 connections of 10" */
function countedLoadText(record: CountedLoadRecord): string {
  const { statementsPerRequest, minStatementsPerRequest, maxStatementsPerRequest } = record;
  const connections = `${record.maxConnectionCount} connections of ${record.connectionLimit}`;
  if (statementsPerRequest === null) return `statements not counted: the database cannot; ${connections}`;
  const due = `${formatNumber(minStatementsPerRequest)} to ${formatNumber(maxStatementsPerRequest)}`;
  return `${formatNumber(statementsPerRequest)} statements a request in a counted load, by contract ${due}; ${connections}`;
}
