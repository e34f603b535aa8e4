import type { RunResult } from '../../src/model/run-result.ts';
import { pairedRuns } from './paired-runs.ts';
import { okTrials, ready, runResult } from './run-result.ts';

const ids = ['crud-go', 'crud-node-async', 'crud-python-flask'];
const costs = [0.3, 0.46, 0.93];

/** Twenty nights of three implementations: another Node after the fourth, and crud-go a tenth dearer from the thirteenth on. */
export function nightlyRuns(subject = 'read the file once'): RunResult[] {
  return Array.from({ length: 20 }, (_, night) =>
    runResult({
      runId: `night-${night}`,
      startedAt: `2026-02-${String(night + 1).padStart(2, '0')}T02:17:00.000Z`,
      commit: { sha: night.toString(16).repeat(40).slice(0, 40), subject: `${subject} ${night}`, dirty: false },
      versions: { node: night < 4 ? '24.1.0' : '26.10.0', paceline: '0.1.0' },
      implementations: ids.map(ready),
      trials: ids.flatMap((implementation, index) => {
        const change = implementation === 'crud-go' && night >= 12 ? 1.1 : 1;
        const cpuPerRequestMs = (costs[index] ?? 1) * change * (1 + 0.004 * ((night * (index + 3)) % 5));
        return okTrials(5, { implementation, cpuPerRequestMs });
      }),
    }),
  );
}

/** What `ci` keeps of two commits: head costs a fifth more. */
export function ciRuns(): RunResult[] {
  const sides = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.2 });
  return (['base', 'head'] as const).map((side) => ({
    ...sides[side],
    runId: `ci-${side}`,
    startedAt: '2026-03-01T10:00:00.000Z',
    commit: { sha: (side === 'base' ? 'a' : 'b').repeat(40), subject: `the ${side} <b>side</b>`, dirty: false },
    scenario: { ...sides[side].scenario, id: `ci-${side}` },
  }));
}
