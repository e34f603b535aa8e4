import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AskedPlan, forecastOf } from '../compare/forecast.ts';
import { countOf } from '../compare/text.ts';
import { fileNamePart } from '../model/foreign-text.ts';
import type { RunResult } from '../model/run-result.ts';
import { describeMachine } from '../probe/machine.ts';
import { formatPercent } from '../report/format.ts';
import { readResult } from '../store/result-file.ts';

/** The newest are enough for a forecast, and a folder of hundreds would take seconds to read. */
const maxResultCount = 8;

export interface EarlierResults {
  readonly ofThisMachine: readonly RunResult[];
  readonly ofOthers: readonly RunResult[];
}

/** The newest results of this machine, and the newest reference runs of any other; what cannot be read is passed over. */
export async function earlierResults(resultsDir: string): Promise<EarlierResults> {
  const own = fileNamePart(describeMachine().id);
  const references = join(resultsDir, 'reference');
  const machines = await readdir(references).catch(() => []);
  const others = machines.filter((machine) => machine !== own).map((machine) => join(references, machine));
  return {
    ofThisMachine: await newestResults([join(resultsDir, own), join(references, own)]),
    ofOthers: await newestResults(others),
  };
}

async function newestResults(folders: readonly string[]): Promise<RunResult[]> {
  const listed = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => name.endsWith('.json')).map((name) => ({ name, path: join(folder, name) }));
    }),
  );
  // The names begin with the time.
  const newest = listed.flat().sort((a, b) => b.name.localeCompare(a.name));
  const read = await Promise.all(newest.slice(0, maxResultCount).map(({ path }) => readResult(path).catch(() => null)));
  return read.filter((result) => result !== null);
}

/** "differences in CPU per request over about 9 % will be told apart (history; …)"; null: no earlier result says. */
export function forecastText(asked: AskedPlan | null, { ofThisMachine, ofOthers }: EarlierResults): string | null {
  if (asked === null) return null;
  const own = forecastOf(asked, ofThisMachine);
  const forecast = own ?? forecastOf(asked, ofOthers);
  if (forecast === null) return null;
  const { halfWidthRatio, spreadRatio, resultCount } = forecast;
  const whose = own === null ? 'reference runs of other machines, for want of own ones' : 'this machine';
  return `will tell apart differences in CPU per request over about ${formatPercent(halfWidthRatio)} (${asked.question.workload} at ${asked.question.ratePerSec}/s: a trial varies by ${formatPercent(spreadRatio)} in ${countOf(resultCount, 'result')} of ${whose})`;
}
