import { type Metric, metrics } from '../../model/metric.ts';
import { displayUnit, formatFigure, formatNumber, formatPercent, formatRange } from '../format.ts';
import type { GeneratorQuality, Question, Row, TrialRow } from '../model.ts';
import { marker } from './charts.ts';
import { type Child, h, type Markup } from './markup.ts';

/** A plain table in a frame that scrolls by itself where the screen is too narrow. */
export function plainTable(caption: string, heads: readonly string[], rows: readonly Child[][]): Markup {
  const table = h(
    'table',
    { class: 'plain' },
    h('caption', {}, h('span', { class: 'caption' }, caption)),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...rows.map(plainRow)),
  );
  return h('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': caption }, table);
}

function plainRow([first, ...others]: Child[]): Markup {
  return h('tr', {}, h('th', { scope: 'row' }, first ?? null), ...others.map((content) => h('td', {}, content)));
}

const noValue = '–';

function rowsWithTrials({ rows }: Question): Row[] {
  return rows.filter((row) => row.trials.length > 0);
}

function implementationName(row: Row): Child {
  return [marker(row.implementation.style), row.implementation.id];
}

function metricHead({ label, unit }: Metric): string {
  const shown = displayUnit(unit);
  return label.startsWith(shown) ? label : `${label}, ${shown}`;
}

/** Every metric of every implementation, median and range over the trials that count. */
export function metricTable(cell: Question): Markup {
  const rows = rowsWithTrials(cell);
  const known = metrics.filter(({ id }) => rows.some(({ figures }) => (figures[id] ?? null) !== null));
  const lines = known.map((metric): Child[] => [
    metricHead(metric),
    ...rows.map((row) => {
      const range = row.figures[metric.id] ?? null;
      return range === null ? noValue : formatRange(metric.unit, range);
    }),
  ]);
  return plainTable(
    `All figures ${cell.conditions}: median, and least to greatest of the trials that count`,
    ['Figure', ...rows.map((row) => row.implementation.id)],
    lines,
  );
}

const percentiles = [50, 75, 90, 95, 99, 99.9];

export function percentileTable(cell: Question): Markup {
  const lines = rowsWithTrials(cell).map((row): Child[] => [
    implementationName(row),
    ...percentiles.map((percentile) => percentileText(row, percentile)),
  ]);
  const heads = ['Who', ...percentiles.map((percentile) => `p${percentile}, ms`)];
  return plainTable(`Response percentiles ${cell.conditions}, all trials that count pooled`, heads, lines);
}

/** Nothing beyond what the requests carry: the curve ends there. */
function percentileText({ curve }: Row, percentile: number): string {
  const reached = (curve.at(-1)?.percentile ?? 0) >= percentile;
  const point = curve.find((candidate) => candidate.percentile >= percentile);
  return reached && point !== undefined ? formatNumber(point.valueMs) : noValue;
}

interface QualityColumn {
  readonly head: string;
  text(quality: GeneratorQuality): string;
}

const orDash = (value: number | null, format: (value: number) => string) => (value === null ? noValue : format(value));

const qualityColumns: readonly QualityColumn[] = [
  { head: 'sent of due', text: (q) => orDash(q.sentRatio, formatPercent) },
  { head: 'late p50, ms', text: (q) => orDash(q.sendDelayP50Ms, formatNumber) },
  { head: 'late p99, ms', text: (q) => orDash(q.sendDelayP99Ms, formatNumber) },
  { head: 'woke late p50, ms', text: (q) => orDash(q.generatorDelayP50Ms, formatNumber) },
  { head: 'woke late p99, ms', text: (q) => orDash(q.generatorDelayP99Ms, formatNumber) },
  { head: 'no free connection p99, ms', text: (q) => orDash(q.connectionWaitP99Ms, formatNumber) },
  { head: 'unevenness of sends', text: (q) => orDash(q.sendGapCv, formatNumber) },
  { head: 'loop', text: (q) => q.loops.join(', ') },
  { head: 'wake-ups a request', text: (q) => orDash(q.wakeupsPerRequest, formatNumber) },
  { head: 'event loop busy', text: (q) => orDash(q.eventLoopUtilizationRatio, formatPercent) },
  { head: 'cores used', text: (q) => orDash(q.coresUsed, formatNumber) },
];

export function generatorTable(cell: Question): Markup {
  const lines = rowsWithTrials(cell).map((row): Child[] => [
    implementationName(row),
    ...qualityColumns.map(({ text }) => (row.generator === null ? noValue : text(row.generator))),
  ]);
  const caption = `The load generator itself ${cell.conditions}, medians over trials. Unevenness: 0 is perfectly even, 1 is random arrivals.`;
  return plainTable(caption, ['Against', ...qualityColumns.map(({ head }) => head)], lines);
}

const trialMetricIds = ['cpu-per-request', 'response-p50', 'response-p90', 'memory-idle', 'memory-median', 'startup'];

export function trialTable(cell: Question): Markup {
  const shown = metrics.filter((metric) => trialMetricIds.includes(metric.id));
  const lines = rowsWithTrials(cell)
    .flatMap((row) => row.trials.map((trial) => ({ row, trial })))
    .sort((a, b) => a.trial.position - b.trial.position)
    .map(({ row, trial }): Child[] => [
      implementationName(row),
      trial.attempt > 1 ? `${trial.repetition}, attempt ${trial.attempt}` : String(trial.repetition),
      trial.isCounted || trial.status !== 'ok' ? trial.status : 'ok, repeated',
      ...shown.map((metric) => orDash(trial.figures[metric.id] ?? null, (value) => formatFigure(metric.unit, value))),
      ...trial.noise.map(({ text }) => text),
      remarkContent(trial),
    ]);
  const heads = ['Who', 'Trial', 'Status', ...shown.map(metricHead), ...noiseHeads(cell), 'Remarks'];
  return plainTable(`Trials ${cell.conditions} in the order they were made`, heads, lines);
}

function noiseHeads(cell: Question): string[] {
  return rowsWithTrials(cell)[0]?.trials[0]?.noise.map(({ name: head }) => head) ?? [];
}

function remarkContent({ remarks, logTail }: TrialRow): Child {
  const log = logTail === null || logTail === '' ? null : h('pre', {}, logTail);
  return h('div', { class: 'remarks' }, remarks.join('; '), log);
}
