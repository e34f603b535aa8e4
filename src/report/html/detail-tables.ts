import { metrics } from '../../model/metric.ts';
import { formatFigure, formatNumber, formatPercent, formatRange, labelWithUnit, noValue, orDash } from '../format.ts';
import type { CurvePoint, GeneratorQuality, Question, Row, TrialRow } from '../model.ts';
import { marker } from './charts.ts';
import { type Child, h, type Markup, plainTable, type TableRow } from './markup.ts';

function rowsWithTrials({ rows }: Question): Row[] {
  return rows.filter((row) => row.trials.length > 0);
}

/** A row of figures of one implementation: hidden and faded with it. */
function ownRow(row: Row, cells: readonly Child[], attributes = {}): TableRow {
  return {
    cells: [implementationName(row), ...cells],
    attributes: { 'data-implementation': row.implementation.id, ...attributes },
  };
}

function implementationName(row: Row): Child {
  return [marker(row.implementation.style), row.implementation.id];
}

/** Every metric of every implementation, median and range over the trials that count. */
export function metricTable(question: Question): Markup {
  const rows = rowsWithTrials(question);
  const known = metrics.filter(({ id }) => rows.some(({ figures }) => (figures[id] ?? null) !== null));
  const lines = known.map((metric): Child[] => [
    labelWithUnit(metric),
    ...rows.map((row) => {
      const range = row.figures[metric.id] ?? null;
      return range === null ? noValue : formatRange(metric.unit, range);
    }),
  ]);
  return plainTable(
    `All figures ${question.conditions}: median (min–max) over the trials that count`,
    ['Figure', ...rows.map((row) => ({ implementation: row.implementation.id }))],
    lines,
  );
}

const percentiles = [50, 75, 90, 95, 99, 99.9];

export function percentileTable(question: Question): Markup {
  const kinds = [
    { name: 'response', curveOf: ({ curve }: Row) => curve },
    { name: 'service', curveOf: ({ serviceCurve }: Row) => serviceCurve },
  ];
  const lines = rowsWithTrials(question).flatMap((row) =>
    kinds.map(({ name, curveOf }) =>
      ownRow(row, [name, ...percentiles.map((percentile) => percentileText(curveOf(row), percentile))]),
    ),
  );
  const heads = ['Implementation', 'latency', ...percentiles.map((percentile) => `p${percentile}, ms`)];
  return plainTable(`Latency percentiles ${question.conditions}, all trials that count pooled`, heads, lines);
}

/** Nothing beyond what the requests carry: the curve ends there. */
function percentileText(curve: readonly CurvePoint[], percentile: number): string {
  const reached = (curve.at(-1)?.percentile ?? 0) >= percentile;
  const point = curve.find((candidate) => candidate.percentile >= percentile);
  return reached && point !== undefined ? formatNumber(point.valueMs) : noValue;
}

interface QualityColumn {
  readonly head: string;
  text(quality: GeneratorQuality): string;
}

const qualityColumns: readonly QualityColumn[] = [
  { head: 'sent ÷ due', text: (q) => orDash(q.sentRatio, formatPercent) },
  { head: 'send delay p50, ms', text: (q) => orDash(q.sendDelayP50Ms, formatNumber) },
  { head: 'send delay p99, ms', text: (q) => orDash(q.sendDelayP99Ms, formatNumber) },
  { head: 'generator delay p50, ms', text: (q) => orDash(q.generatorDelayP50Ms, formatNumber) },
  { head: 'generator delay p99, ms', text: (q) => orDash(q.generatorDelayP99Ms, formatNumber) },
  { head: 'connection wait p99, ms', text: (q) => orDash(q.connectionWaitP99Ms, formatNumber) },
  { head: 'send-interval CV', text: (q) => orDash(q.sendGapCv, formatNumber) },
  { head: 'loop', text: (q) => q.loops.join(', ') },
  { head: 'wake-ups per request', text: (q) => orDash(q.wakeupsPerRequest, formatNumber) },
  { head: 'event-loop utilization', text: (q) => orDash(q.eventLoopUtilizationRatio, formatPercent) },
  { head: 'cores used', text: (q) => orDash(q.coresUsed, formatNumber) },
];

export function generatorTable(question: Question): Markup {
  const lines = rowsWithTrials(question).map((row) => {
    const { generator } = row;
    return ownRow(
      row,
      qualityColumns.map(({ text }) => (generator === null ? noValue : text(generator))),
    );
  });
  const caption = `The load generator ${question.conditions}, medians over trials. Send-interval CV: 0 is perfectly even, 1 is Poisson.`;
  return plainTable(caption, ['Implementation', ...qualityColumns.map(({ head }) => head)], lines);
}

const trialMetricIds = ['cpu-per-request', 'response-p50', 'response-p90', 'memory-idle', 'memory-median', 'startup'];

/** Trials of a question in the order in which they ran, with the name by which the page's script knows each. */
export function orderedTrials(
  question: Question,
): { readonly id: string; readonly row: Row; readonly trial: TrialRow }[] {
  return rowsWithTrials(question)
    .flatMap((row) => row.trials.map((trial) => ({ row, trial })))
    .sort((a, b) => a.trial.position - b.trial.position)
    .map((one, index) => ({ ...one, id: `${question.id}:${index}` }));
}

export function trialTable(question: Question): Markup {
  const shown = metrics.filter((metric) => trialMetricIds.includes(metric.id));
  const lines = orderedTrials(question).map(({ id, row, trial }) =>
    ownRow(
      row,
      [
        trial.attempt > 1 ? `${trial.repetition}, attempt ${trial.attempt}` : String(trial.repetition),
        trial.isCounted || trial.status !== 'ok' ? trial.status : 'ok, repeated',
        ...shown.map((metric) => orDash(trial.figures[metric.id] ?? null, (value) => formatFigure(metric.unit, value))),
        ...trial.noise.map(({ text }) => text),
        remarkContent(trial),
      ],
      { 'data-trial': id },
    ),
  );
  const heads = ['Implementation', 'Trial', 'Status', ...shown.map(labelWithUnit), ...noiseHeads(question), 'Remarks'];
  return plainTable(`Trials ${question.conditions} in the order in which they ran`, heads, lines);
}

function noiseHeads(question: Question): string[] {
  return rowsWithTrials(question)[0]?.trials[0]?.noise.map(({ name: head }) => head) ?? [];
}

function remarkContent({ remarks, logTail }: TrialRow): Child {
  const log = logTail === null || logTail === '' ? null : h('pre', {}, logTail);
  return h('div', { class: 'remarks' }, remarks.join('; '), log);
}
