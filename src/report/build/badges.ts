import { cellsIn, questionId, trialsIn } from '../../model/cell-key.ts';
import { metricById, metricValue } from '../../model/metric.ts';
import type { RunResult } from '../../model/run-result.ts';
import { countedTrials } from '../../model/trial.ts';
import { median } from '../../stats/descriptive.ts';
import { formatFigure } from '../format.ts';
import type { Badge } from '../html/badge.ts';

/** What each implementation cost in the first question that sends requests. */
export function costBadges(run: RunResult): { readonly implementation: string; readonly badge: Badge }[] {
  const metric = metricById('cpu-per-request');
  const driven = cellsIn([run]).filter(({ ratePerSec }) => ratePerSec > 0);
  const [first] = driven;
  if (first === undefined) return [];
  const asked = driven.filter((cell) => questionId(cell) === questionId(first));
  return asked.flatMap((cell) => {
    const values = countedTrials(trialsIn(run, cell)).flatMap((trial) => metricValue(metric, trial) ?? []);
    const cost = median(values);
    if (cost === null) return [];
    const message = `${formatFigure(metric.unit, cost)} ms CPU per request at ${cell.ratePerSec}/s`;
    return [{ implementation: cell.implementation, badge: { label: cell.implementation, message, tone: 'plain' } }];
  });
}
