import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trendsByModel } from '../../src/compare/trend.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { compare } from '../support/compared.ts';
import { okTrial, runResult, scenarioEntry } from '../support/run-result.ts';

/** A run with one trial for each of many workloads, and how often anyone has looked which question a trial belongs to. */
function countingRun(questionCount: number, runId: string): { readonly run: RunResult; lookCount(): number } {
  let lookCount = 0;
  const workloads = Array.from({ length: questionCount }, (_, index) => `w${index}`);
  const trials = workloads.map((workload) => {
    const { spec, ...rest } = okTrial({ workload });
    return Object.defineProperty(rest, 'spec', {
      enumerable: true,
      get() {
        lookCount += 1;
        return spec;
      },
    }) as RunResult['trials'][number];
  });
  const scenario = { ...runResult().scenario, entries: workloads.map((workload) => scenarioEntry({ workload })) };
  return { run: runResult({ runId, scenario, trials }), lookCount: () => lookCount };
}

const readers: Readonly<Record<string, (run: RunResult, other: RunResult) => unknown>> = {
  report: (run) => buildReport(run, []),
  compare,
  trend: (run, other) => trendsByModel([run, other]),
};

for (const [name, read] of Object.entries(readers)) {
  test(`${name}: the work grows with the number of questions, and not with its square`, () => {
    const looks = [20, 80].map((count) => {
      const { run, lookCount } = countingRun(count, 'one');
      read(run, countingRun(count, 'two').run);
      return lookCount();
    });
    const [few = 0, many = 0] = looks;
    assert.ok(many <= 5 * few, `${few} looks for 20 questions, ${many} for 80`);
  });
}
