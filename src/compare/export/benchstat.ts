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
  const facts = [`side: ${side}`, `commit: ${run.commit?.sha ?? 'unknown'}`, `machine: ${run.machine.id}`];
  const lines = cellsOf([run]).flatMap((cell) => countedTrials(trialsIn(run, cell)).map(benchmarkLine));
  return ['', ...facts, '', ...lines];
}

/** BenchmarkHistory/impl=crud-go/warm/rate=100 1000 0.84 cpu-per-request-ms … */
function benchmarkLine(trial: OkTrial): string {
  const { implementation, workload, temperature, profile } = trial.spec;
  const title = workload.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const name = `Benchmark${title}/impl=${implementation}/${temperature}/rate=${profile.ratePerSec}`;
  const values = metrics.flatMap((metric) => {
    const value = metricValue(metric, trial);
    return value === null ? [] : [`${value} ${unitOf(metric)}`];
  });
  return [name, trial.measurement.load.counts.scheduledCount, ...values].join('\t');
}

/** A unit is one word; benchstat scales none of these. */
function unitOf({ id, unit }: Metric): string {
  return `${id}-${unit === 'bytes' ? 'B' : unit.replace('/', '-per-')}`;
}
