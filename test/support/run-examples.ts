import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import {
  failedTrial,
  invalidTrial,
  okTrial,
  okTrials,
  overloadedTrial,
  ready,
  runResult,
  scenarioEntry,
  sevenIds,
  skipped,
  type TrialShape,
} from './run-result.ts';

/** What each of the seven costs at 100/s, near what a first prototype showed. */
const characters: Readonly<Record<string, TrialShape>> = {
  'crud-node-async': { cpuPerRequestMs: 0.72, responseP50Ms: 1.9, idleMib: 37, loadedMib: 44, startupMs: 410 },
  'crud-node-workers': { cpuPerRequestMs: 0.78, responseP50Ms: 2.0, idleMib: 52, loadedMib: 61, startupMs: 480 },
  'crud-node-threads': { cpuPerRequestMs: 0.86, responseP50Ms: 2.05, idleMib: 74, loadedMib: 88, startupMs: 560 },
  'crud-node-processes': { cpuPerRequestMs: 0.97, responseP50Ms: 2.1, idleMib: 96, loadedMib: 118, startupMs: 720 },
  'crud-go': { cpuPerRequestMs: 0.46, responseP50Ms: 1.6, idleMib: 2.1, loadedMib: 8.4, startupMs: 24 },
  'crud-python-flask': { cpuPerRequestMs: 1.6, responseP50Ms: 2.9, idleMib: 66, loadedMib: 71, startupMs: 640 },
  'crud-python-asyncio': { cpuPerRequestMs: 1.1, responseP50Ms: 2.4, idleMib: 62, loadedMib: 66, startupMs: 810 },
};

/** Idle work of 4 ms a second, shared among the requests of that second. */
function atRate(shape: TrialShape, ratePerSec: number): TrialShape {
  return { ...shape, ratePerSec, cpuPerRequestMs: (shape.cpuPerRequestMs ?? 0.5) * 0.85 + 12 / ratePerSec };
}

function trialsAt(id: string, ratePerSec: number, shape: TrialShape = {}): Trial[] {
  return okTrials(3, { ...atRate(characters[id] ?? {}, ratePerSec), implementation: id, ...shape });
}

/** Seven implementations, one workload, one rate, three trials each. */
export function sevenAtOneRate(): RunResult {
  return runResult({ implementations: sevenIds.map(ready), trials: sevenIds.flatMap((id) => trialsAt(id, 100)) });
}

/** Seven implementations of a workload at three rates, one of the blog post's workloads, and a cold cell. */
export function sevenAtThreeRates(): RunResult {
  const rates = [25, 100, 200];
  const trials = sevenIds.flatMap((id) => [
    ...rates.flatMap((rate) => trialsAt(id, rate)),
    ...trialsAt(id, 150, { workload: 'blog-post' }),
    ...trialsAt(id, 25, { temperature: 'cold' }),
  ]);
  const base = runResult();
  const cells = [
    scenarioEntry({ ratesPerSec: rates }),
    scenarioEntry({ workload: 'blog-post', ratesPerSec: [] }),
    scenarioEntry({ ratesPerSec: [25], temperature: 'cold' }),
  ];
  return runResult({
    implementations: sevenIds.map(ready),
    scenario: { ...base.scenario, id: 'full', description: 'Every workload, several rates.', entries: cells },
    command: 'npm run bench -- run full',
    trials,
  });
}

/** Everything that can go wrong at once: skipped, failed, overloaded, invalid, latency discarded, warm-up not converged, too few trials, interrupted. */
export function badDay(): RunResult {
  const trials = [
    ...trialsAt('crud-node-async', 100),
    okTrial({ ...characters['crud-node-workers'], implementation: 'crud-node-workers', latencyDiscarded: true }),
    ...trialsAt('crud-node-threads', 100, { steady: false }).slice(0, 2),
    invalidTrial({ ...characters['crud-node-threads'], implementation: 'crud-node-threads', repetition: 3 }),
    ...[1, 2, 3].map((repetition) => failedTrial({ implementation: 'crud-node-processes', repetition })),
    ...[1, 2, 3].map((repetition) =>
      overloadedTrial({ ...characters['crud-python-flask'], implementation: 'crud-python-flask', repetition }),
    ),
  ];
  const implementations = [
    ...sevenIds.filter((id) => id !== 'crud-go' && id !== 'crud-python-asyncio').map(ready),
    skipped('crud-go', 'go not on PATH (needs ≥ 1.25)', 'Install Go 1.25 or newer: https://go.dev/dl/'),
    skipped('crud-python-asyncio', 'python3 is 3.9 (needs ≥ 3.11)', 'Install Python 3.11 or newer.'),
  ];
  return runResult({ state: 'interrupted', implementations, trials, plannedTrialCount: 15 });
}

/** The seven on a greater machine, as kept in results/reference. */
export function recordedElsewhere(overrides: Partial<RunResult> = {}): RunResult {
  const machine = { ...runResult().machine, id: 'm-elsewhere', cpuModel: 'Reference CPU 4.2 GHz', coreCount: 8 };
  return { ...sevenAtOneRate(), machine, startedAt: '2026-01-02T03:04:05.000Z', ...overrides };
}
