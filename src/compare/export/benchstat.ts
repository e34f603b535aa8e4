import { countedTrials } from '../../model/counted-trials.ts';
import { type Metric, metrics, metricValue } from '../../model/metric.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { OkTrial } from '../../model/trial.ts';
import { cellsOf, trialsIn } from '../cell.ts';

export interface ExportedRun {
  /** `base` or `head`: the key by which `benchstat -col side` puts them side by side. */
  readonly side: string;
  readonly run: RunResult;
}

/**
 * Trials in the Go benchmark format (https://go.dev/design/14313-benchmark-format), one line each, every metric a unit of its
 * own: `benchstat -col side FILE` compares the sides. Only trials that count, only values that stand.
 */
export function goBenchmarkText(runs: readonly ExportedRun[]): string {
  const units = metrics.map((metric) => `Unit ${unitOf(metric)} better=${metric.better}`);
  return `${[...units, ...runs.flatMap(sideLines)].join('\n')}\n`;
}

function sideLines({ side, run }: ExportedRun): string[] {
  // The commit is no key: benchstat would put what differs in it into different tables.
  const facts = [`# commit ${run.commit?.sha ?? 'unknown'}`, `side: ${side}`, `machine: ${run.machine.id}`];
  const lines = cellsOf([run]).flatMap((cell) => countedTrials(trialsIn(run, cell)).map(benchmarkLine));
  return ['', ...facts, '', ...lines];
}

/** BenchmarkHistory/impl=crud-go/warm/rate=100 1000 0.00084 cpu-per-request-sec … */
function benchmarkLine(trial: OkTrial): string {
  const { implementation, workload, temperature, profile } = trial.spec;
  const title = workload.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const name = `Benchmark${title}/impl=${implementation}/${temperature}/rate=${profile.ratePerSec}`;
  const values = metrics.flatMap((metric) => {
    const value = metricValue(metric, trial);
    return value === null ? [] : [`${metric.unit === 'ms' ? value / 1000 : value} ${unitOf(metric)}`];
  });
  return [name, trial.measurement.load?.counts.scheduledCount ?? 1, ...values].join('\t');
}

const unitWords: Readonly<Record<Metric['unit'], string>> = {
  ms: 'sec',
  bytes: 'B',
  'ms/s': 'ms-per-sec',
  cores: 'cores',
  ratio: 'ratio',
  count: 'count',
};

/** One word; seconds and bytes, for which benchstat finds a prefix. */
function unitOf({ id, unit }: Metric): string {
  return `${id}-${unitWords[unit]}`;
}
