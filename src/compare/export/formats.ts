import type { RunComparison } from '../../model/comparison.ts';
import type { RunResult } from '../../model/run-result.ts';
import { goBenchmarkText, trialCsv } from './trial-formats.ts';
import { bencherMetrics, biggerIsBetter, junitXml, smallerIsBetter } from './verdict-formats.ts';

/** What an export is made of: the verdicts, and the trials behind them. */
export interface ExportInput {
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
} as const satisfies Record<string, (of: ExportInput) => string>;

export type ExportFormat = keyof typeof exportFormats;

function sides({ base, head }: ExportInput) {
  return [
    { side: 'base', run: base },
    { side: 'head', run: head },
  ];
}
