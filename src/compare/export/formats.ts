import type { RunComparison } from '../../model/comparison.ts';
import type { RunResult } from '../../model/run-result.ts';
import { bencherMetrics } from './bencher.ts';
import { goBenchmarkText } from './benchstat.ts';
import { trialCsv } from './csv.ts';
import { biggerIsBetter, smallerIsBetter } from './github-action-benchmark.ts';
import { junitXml } from './junit.ts';

/** What an export is made of: the verdicts, and the trials behind them. */
export interface Exported {
  readonly comparison: RunComparison;
  readonly base: RunResult;
  readonly head: RunResult;
}

/** The formats of other tools, by the name they have there. */
export const exportFormats = {
  json: ({ comparison }) => `${JSON.stringify(comparison)}\n`,
  csv: (of) => trialCsv(sides(of)),
  benchstat: (of) => goBenchmarkText(sides(of)),
  customSmallerIsBetter: ({ comparison }) => `${JSON.stringify(smallerIsBetter(comparison), null, 2)}\n`,
  customBiggerIsBetter: ({ comparison }) => `${JSON.stringify(biggerIsBetter(comparison), null, 2)}\n`,
  junit: ({ comparison }) => junitXml(comparison),
  bencher: ({ comparison }) => `${JSON.stringify(bencherMetrics(comparison), null, 2)}\n`,
} as const satisfies Record<string, (of: Exported) => string>;

export type ExportFormat = keyof typeof exportFormats;

function sides({ base, head }: Exported) {
  return [
    { side: 'base', run: base },
    { side: 'head', run: head },
  ];
}
