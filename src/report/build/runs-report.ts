import { incomparabilityOf } from '../../compare/comparability.ts';
import { changeText, countOf } from '../../compare/text.ts';
import { type CellKey, cellId, cellsIn, describeCell, trialsIn } from '../../model/cell-key.ts';
import type { ComparedRun, Comparison, RunComparison } from '../../model/comparison.ts';
import { findMetric, metricValue } from '../../model/metric.ts';
import type { RunResult } from '../../model/run-result.ts';
import { countedTrials, isIncorrect, type OkTrial } from '../../model/trial.ts';
import { type Range, rangeOf } from '../../stats/descriptive.ts';
import type { SeriesStyle } from '../charts/palette.ts';
import { displayUnit, formatFigure, formatNumber, formatRange, joinList, labelWithUnit, noValue } from '../format.ts';
import type { AnswerPart } from '../model.ts';
import type { OverlaidCell, OverlaidMetric, OverlaidPairs, OverlaidRun, RunsReport } from '../runs-model.ts';
import { type ComparisonRow, comparisonTables, sideLabel, verdictWords } from '../tables/comparison-table.ts';
import { environmentDifferences } from './environment.ts';
import { pooledCurve } from './row-curves.ts';

/** The two sides of a gate. `results` are those of base and head; none where nothing was measured. */
export function buildJudgedReport(comparison: RunComparison, results: readonly RunResult[]): RunsReport {
  return runsReport({ comparisons: [comparison], results, names: ['base', 'head'], isJudged: true });
}

/** Runs for a look, A and B and C; `comparisons` has each further one against the first. */
export function buildOverlay(comparisons: readonly RunComparison[], results: readonly RunResult[]): RunsReport {
  const names = results.map((_, index) => String.fromCodePoint(0x41 + index));
  return runsReport({ comparisons, results, names, isJudged: false });
}

interface RunsInput {
  readonly comparisons: readonly RunComparison[];
  readonly results: readonly RunResult[];
  readonly names: readonly string[];
  readonly isJudged: boolean;
}

function runsReport(input: RunsInput): RunsReport {
  const { comparisons, results, names, isJudged } = input;
  const described = [...comparisons.slice(0, 1).map(({ base }) => base), ...comparisons.map(({ head }) => head)];
  return {
    title: isJudged
      ? described.map(shortName).toReversed().join(' against ')
      : `${countOf(results.length, 'run')} side by side`,
    outcome: isJudged ? (comparisons[0]?.outcome ?? null) : null,
    runs: described.map((run, index) => overlaidRun(run, results[index] ?? null, names[index] ?? '', index)),
    differences: environmentDifferences(results),
    limits: isJudged ? [] : limitsOf(results, names),
    cells: overlaidCells(input),
    comparisons,
  };
}

function shortName({ commit, startedAt }: ComparedRun): string {
  return commit?.sha.slice(0, 7) ?? startedAt.slice(0, 16);
}

/** The first is grey, for the others are seen against it. */
const runStyles: readonly Omit<SeriesStyle, 'shade'>[] = [
  { family: 'other', mark: 'circle' },
  { family: 'node', mark: 'square' },
  { family: 'python', mark: 'diamond' },
  { family: 'go', mark: 'triangle' },
  { family: 'java', mark: 'cross' },
  { family: 'deno', mark: 'circle' },
  { family: 'bun', mark: 'square' },
  { family: 'rust', mark: 'diamond' },
];

/** More than these cannot be told apart in a picture. */
export const maxRunCount = runStyles.length;

function overlaidRun(run: ComparedRun, result: RunResult | null, name: string, index: number): OverlaidRun {
  const trials = result?.trials ?? [];
  return {
    name,
    style: { ...(runStyles[index % maxRunCount] as Omit<SeriesStyle, 'shade'>), shade: 0 },
    label: sideLabel(run),
    machineLabel: run.machineLabel,
    scenario: result?.scenario.id ?? null,
    command: result?.command ?? null,
    state: run.state,
    okCount: result === null ? 0 : cellsIn([result]).reduce((sum, cell) => sum + countedIn(result, cell).length, 0),
    trialCount: trials.length,
  };
}

/** What can only be shown, and what cannot even be that. */
function limitsOf(results: readonly RunResult[], names: readonly string[]): string[] {
  const [first, ...others] = results;
  if (first === undefined) return [];
  const apart = others.flatMap((other, index) => {
    const obstacle = incomparabilityOf(first, other);
    if (obstacle === null) return [];
    const field = obstacle.field === null ? obstacle.reason : `${obstacle.field} differs`;
    return [`${names[index + 1]} is shown beside ${names[0]} and not compared with it: ${field}.`];
  });
  const primitives = results.flatMap((run, index) => (run.primitives.length > 0 ? [names[index] ?? ''] : []));
  if (primitives.length === 0) return apart;
  return [...apart, `The primitives of ${joinList(primitives)} are not overlaid: the page of one run shows them.`];
}

function overlaidCells(input: RunsInput): OverlaidCell[] {
  const all = input.comparisons.flatMap(({ comparisons }) => comparisons);
  const cells = new Map(all.map(({ cell }) => [cellId(cell), cell]));
  const byId = input.comparisons.map(({ comparisons }) => new Map(comparisons.map((one) => [one.id, one])));
  const ids = Map.groupBy(all, ({ cell }) => cellId(cell));
  const rows = judgedRows(input);
  // What most runs have comes first.
  const measuredCount = (cell: CellKey) => input.results.filter((run) => trialsIn(run, cell).length > 0).length;
  const ordered = [...cells].sort(([, a], [, b]) => measuredCount(b) - measuredCount(a));
  return ordered.map(([id, cell]) => {
    const metricIds = [...new Set((ids.get(id) ?? []).map((one) => one.metricId))];
    const trials = input.results.map((run) => countedIn(run, cell));
    const lines = metricIds.map((metricId) => overlaidMetric(`${id}/${metricId}`, trials, { byId, rows, ...input }));
    return overlaidCell(cell, lines, trials, input);
  });
}

/** How the tables of verdicts word each comparison that has a row of its own. */
function judgedRows({ comparisons: [only], isJudged }: RunsInput): ReadonlyMap<string, ComparisonRow> {
  if (!isJudged || only === undefined) return new Map();
  const rows = comparisonTables(only).flatMap(({ gated, informative }) => [...gated, ...informative]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Fast but wrong has no figures. */
function countedIn(run: RunResult, cell: CellKey): OkTrial[] {
  const trials = trialsIn(run, cell);
  const preparation = run.implementations.find(({ manifest }) => manifest.id === cell.implementation);
  const isBroken = preparation?.status === 'ready' && preparation.conformance.status === 'failed';
  return isBroken || trials.some(isIncorrect) ? [] : countedTrials(trials);
}

interface MetricInput extends RunsInput {
  readonly byId: readonly ReadonlyMap<string, Comparison>[];
  readonly rows: ReadonlyMap<string, ComparisonRow>;
}

function overlaidMetric(
  id: string,
  trials: readonly (readonly OkTrial[])[],
  { byId, rows, names, isJudged }: MetricInput,
): OverlaidMetric {
  const comparisons = byId.map((known) => known.get(id) ?? null);
  const one = comparisons.find((comparison) => comparison !== null) as Comparison;
  const metric = findMetric(one.metricId);
  const ranges = trials.map((own) =>
    metric === null ? null : rangeOf(own.map((trial) => metricValue(metric, trial))),
  );
  const judged = rows.get(id) ?? null;
  return {
    metricId: one.metricId,
    label: one.metricId === 'errors' ? one.label : labelWithUnit(one),
    unit: one.unit,
    better: one.better,
    ranges,
    texts:
      judged !== null
        ? [judged.base, judged.head]
        : metric === null
          ? errorTexts(comparisons)
          : ranges.map((range) => (range === null ? noValue : formatRange(one.unit, range))),
    comparisons,
    changes: comparisons.map((one, index) => changeOrReason(one, names, index + 1, isJudged)),
    judged,
  };
}

function errorTexts(comparisons: readonly (Comparison | null)[]): string[] {
  const first = comparisons.find((one) => one?.base)?.base ?? null;
  return [first, ...comparisons.map((one) => one?.head ?? null)].map((side) =>
    side?.value == null ? noValue : formatNumber(side.value).replace(/\.0+$/, ''),
  );
}

/** What a question is about, the first that was measured; then what a reader looks for beside it. */
const leadIds = ['cpu-per-request', 'election-p50', 'node-cpu', 'node-memory', 'response-p50'];
const shownIds = new Set([
  ...leadIds,
  'response-p90',
  'response-p99',
  'memory-idle',
  'memory-median',
  'startup',
  'errors',
]);

function overlaidCell(
  cell: CellKey,
  lines: readonly OverlaidMetric[],
  trials: readonly (readonly OkTrial[])[],
  { isJudged, names, comparisons }: RunsInput,
): OverlaidCell {
  const isShown = ({ metricId, judged, comparisons: [one] }: OverlaidMetric) =>
    isJudged ? judged !== null && one?.role === 'gated' : shownIds.has(metricId);
  const isKnown = ({ judged }: OverlaidMetric) => !isJudged || judged !== null;
  const lead = leadLine(lines);
  const title = describeCell(cell);
  return {
    id: cellId(cell).replaceAll('/', '-').replaceAll('.', '_'),
    title,
    finding: lead === null ? 'no figure' : findingText(lead, names, isJudged),
    sentence: sentenceOf(title, lead, names, isJudged),
    isChanged: lines.some((line) => line.comparisons.some(isChange)),
    lines: lines.filter(isShown),
    otherLines: lines.filter((line) => isKnown(line) && !isShown(line)),
    curves: {
      response: trials.map((own) => pooledCurve(own, 'response')),
      service: trials.map((own) => pooledCurve(own, 'service')),
    },
    pairs: comparisons.length === 1 ? pairsOf(lines, lead) : null,
  };
}

function leadLine(lines: readonly OverlaidMetric[]): OverlaidMetric | null {
  const known = leadIds.flatMap((id) => lines.filter(({ metricId }) => metricId === id));
  return known.find(({ ranges }) => ranges.some((range) => range !== null)) ?? known[0] ?? null;
}

function isChange(comparison: Comparison | null): boolean {
  const { kind } = comparison?.verdict ?? { kind: null };
  return comparison?.role === 'gated' && (kind === 'worse' || kind === 'better');
}

/** "CPU per request +6.1 % [+4.0, +8.2], worse" */
function findingText(lead: OverlaidMetric, names: readonly string[], isJudged: boolean): string {
  const changes = lead.comparisons.map((one, index) => {
    const of = isJudged ? '' : `${names[index + 1]} `;
    return `${of}${changeOrReason(one, names, index + 1, isJudged)}`;
  });
  return `${nameOf(lead)} ${changes.join('; ')}`;
}

function nameOf({ label }: OverlaidMetric): string {
  return label.replace(/, [^,]*$/, '');
}

function changeOrReason(
  comparison: Comparison | null,
  names: readonly string[],
  run: number,
  isJudged: boolean,
): string {
  if (comparison === null) return 'not measured';
  const word = verdictWords[comparison.verdict.kind];
  if (comparison.change === null) return isJudged ? word : reasonText(comparison, names[0] ?? '', names[run] ?? '');
  return `${changeText(comparison.change)}${isJudged ? `, ${word}` : ''}`;
}

/** Why two runs for a look have no change. */
function reasonText({ verdict: { kind } }: Comparison, first: string, run: string): string {
  if (kind === 'added') return `in ${run} alone`;
  return kind === 'removed' ? `in ${first} alone` : verdictWords[kind];
}

/** "crud-go, history at 100/s: CPU per request base 0.50 ms; head 0.53 ms (+6.1 % [+4.0, +8.2], worse)." */
function sentenceOf(
  title: string,
  lead: OverlaidMetric | null,
  names: readonly string[],
  isJudged: boolean,
): AnswerPart[] {
  const subject = { text: title, strong: true };
  if (lead === null) return [subject, { text: ': no trial counts.', strong: false }];
  const values = names.map((run, index) => {
    const value = medianText(lead, index);
    const figure = value === noValue ? `${run} no figure` : `${run} ${value} ${displayUnit(lead.unit)}`;
    const isFirst = index === 0 || value === noValue;
    return isFirst
      ? figure
      : `${figure} (${changeOrReason(lead.comparisons[index - 1] ?? null, names, index, isJudged)})`;
  });
  return [subject, { text: `: ${nameOf(lead)} ${values.join('; ')}.`, strong: false }];
}

/** In a judgement the median of the pairs, as its table has it. */
function medianText({ judged, texts, ranges, unit }: OverlaidMetric, index: number): string {
  if (judged !== null) return texts[index] ?? noValue;
  const range: Range | null = ranges[index] ?? null;
  return range === null ? noValue : formatFigure(unit, range.median);
}

/** The control of the correction, else the database’s CPU, where both were measured in the same pairs. */
function pairsOf(lines: readonly OverlaidMetric[], lead: OverlaidMetric | null): OverlaidPairs | null {
  const comparison = lead?.comparisons[0] ?? null;
  if (comparison?.change?.method !== 'paired') return null;
  const controlId = comparison.correction?.controlMetricId ?? 'database-cpu-per-request';
  const control = lines.find(({ metricId }) => metricId === controlId)?.comparisons[0] ?? null;
  const isSame = control?.change?.method === 'paired' && control.base?.values.length === comparison.base?.values.length;
  return { comparison, control: isSame ? control : null };
}
