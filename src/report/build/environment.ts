import { cellDifferences, type Difference, runDifferences } from '../../compare/comparability.ts';
import { cellsIn, trialsIn } from '../../model/cell-key.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { EnvironmentDifference } from '../runs-model.ts';

/** Every field of machine, versions, settings, contract and loop in which a further run differs from the first. */
export function environmentDifferences(runs: readonly RunResult[]): EnvironmentDifference[] {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const byRun = others.map((other) => new Map(differencesOf(first, other).map((one) => [one.field, one])));
  const fields = [...new Set(byRun.flatMap((differences) => [...differences.keys()]))];
  return fields.map((field) => {
    const own = byRun.map((differences) => differences.get(field) ?? null);
    const ofFirst = own.find((one) => one !== null)?.base ?? '';
    return { field, values: [ofFirst, ...own.map((one) => one?.head ?? ofFirst)].map(withoutQuotes) };
  });
}

function differencesOf(first: RunResult, other: RunResult): Difference[] {
  const scenario = { field: 'scenario.id', base: first.scenario.id, head: other.scenario.id };
  const common = cellsIn([first]).filter((cell) => trialsIn(other, cell).length > 0);
  return [
    ...(scenario.base === scenario.head ? [] : [scenario]),
    ...runDifferences(first, other),
    ...common.flatMap((cell) => cellDifferences(trialsIn(first, cell), trialsIn(other, cell))),
  ];
}

/** As a result file writes texts. */
function withoutQuotes(text: string): string {
  return text.replaceAll('"', '');
}
