import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { GuardedStream } from '../../src/cli/output.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { widestHalfWidth } from '../../src/compare/forecast.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import type { Workload } from '../../src/model/workload.ts';
import { trustOf } from '../../src/report/build/trust.ts';
import { trustText } from '../../src/report/sentences.ts';
import { assertCanNarrow, type OpenRoundsRequest, planOpenRounds, type RoundState } from '../../src/run/open-rounds.ts';
import type { RunReporter } from '../../src/run/reporter.ts';
import { runTrials } from '../../src/run/trial-loop.ts';
import { readResult } from '../../src/store/result-file.ts';
import { okTrial, okTrials, runResult, scenarioEntry } from '../support/run-result.ts';

const scenario: Scenario = {
  ...runResult().scenario,
  entries: [
    scenarioEntry({ service: 'raft', workload: 'watch', ratesPerSec: [0], trialCount: 2 }),
    scenarioEntry({ service: 'crud', workload: 'history', ratesPerSec: [50, 100], trialCount: 3 }),
  ],
};
const implementations = ['crud-go', 'crud-node-async', 'raft-go'].map((id) => ({
  id,
  service: id.startsWith('raft') ? ('raft' as const) : ('crud' as const),
  limits: {},
}));
const workloads = new Map<string, Workload>();
const input = { scenario, implementations, services: new Map(), workloads, limit: null };
const open = planOpenRounds(input);

test('rounds go over all questions that are ranked; what is not is asked as declared, before them', () => {
  assert.deepEqual(
    open.fixed.map(({ implementation, repetition }) => [implementation, repetition]),
    [
      ['raft-go', 1],
      ['raft-go', 2],
    ],
  );
  assert.equal(open.rounds.length, 30);
  const asked = open.rounds[4]?.map(({ implementation, loadPlan }) => `${implementation} ${loadPlan.ratePerSec}`);
  assert.deepEqual(asked?.sort(), ['crud-go 100', 'crud-go 50', 'crud-node-async 100', 'crud-node-async 50']);
  const positions = [...open.fixed, ...open.rounds.flat()].map(({ position }) => position);
  assert.deepEqual(positions, [...positions.keys()]);
});

test('what cannot narrow is a usage error that says why', () => {
  const alone = { ...input, implementations: implementations.slice(0, 1) };
  const idle = { ...input, implementations: implementations.slice(2) };
  const several = {
    ...input,
    implementations: [implementations[0], implementations[2]].filter((one) => one !== undefined),
  };
  assert.throws(() => assertCanNarrow(planOpenRounds(alone), alone, 1e9), { code: 'usage', message: /crud-go alone/ });
  assert.throws(() => assertCanNarrow(planOpenRounds(idle), idle, 1e9), { code: 'usage', message: /raft-go alone/ });
  assert.throws(() => assertCanNarrow(planOpenRounds(several), several, 1e9), { message: /nothing is measured that/ });
  assert.throws(() => assertCanNarrow(open, input, 60_000), { code: 'usage', message: /5 rounds, the fewest .* 60 s/ });
  assertCanNarrow(open, input, 3_600_000);
});

async function run(context: TestContext, request: Partial<OpenRoundsRequest>) {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-until-'));
  context.after(() => rm(folder, { recursive: true }));
  const asked = { halfWidthRatio: 0.05, timeBudgetMs: 1e9, widestHalfWidth: () => null, nowMs: () => 0, ...request };
  const { halfWidthRatio, timeBudgetMs } = asked;
  const states: RoundState[] = [];
  const ignore = () => {};
  const reporter: RunReporter = {
    ...{ onPlan: ignore, onStep: ignore, onPrepared: ignore, onTrialStart: ignore, onPhase: ignore },
    ...{ onTrialEnd: ignore, onPrimitiveStart: ignore, onPrimitiveEnd: ignore },
    onRound: (state) => states.push(state),
  };
  const path = join(folder, 'r.json');
  const result = await runTrials(
    {
      result: runResult({
        trials: [],
        scenario,
        ranking: { against: null, until: { halfWidthRatio, timeBudgetMs, ended: null } },
      }),
      specs: [...open.fixed, ...open.rounds.slice(0, 5).flat()],
      open: { plan: open, request: asked },
      primitives: {
        specs: [],
        expectedMs: () => 0,
        skipReason: () => null,
        measure: () => assert.fail('there are none'),
      },
      path,
      maxAttempts: 1,
      runTrial: async (spec) => ({ ...okTrial(), spec }),
    },
    reporter,
    () => '2026-01-01T00:00:00.000Z',
  );
  assert.deepEqual(await readResult(path), result);
  return { result, states };
}

function roundsOf({ trials }: RunResult): number {
  return (trials.length - open.fixed.length) / 4;
}

test('a run ends on the width alone, and not before five rounds', async (context) => {
  const widths = [0.01, 0.01, 0.01, 0.01, 0.09, 0.06, 0.04];
  let round = 0;
  const { result, states } = await run(context, { widestHalfWidth: () => widths[round++] ?? null });
  assert.equal(roundsOf(result), 7);
  assert.deepEqual(result.ranking.until?.ended, { reason: 'half-width', roundCount: 7, halfWidthRatio: 0.04 });
  assert.deepEqual(
    states.map(({ halfWidthRatio }) => halfWidthRatio),
    widths,
  );
  assert.equal(result.plannedTrialCount, result.trials.length);
  assert.deepEqual(
    result.scenario.entries.map(({ trialCount }) => trialCount),
    [2, 7],
  );
});

test('a run ends where another round would outlast its budget, or after thirty, and says what it reached', async (context) => {
  let nowMs = 0;
  const slow = await run(context, { widestHalfWidth: () => 0.2, nowMs: () => (nowMs += 500), timeBudgetMs: 2_000 });
  const { ended } = slow.result.ranking.until ?? { ended: null };
  assert.deepEqual([ended?.reason, ended?.halfWidthRatio], ['time-budget', 0.2]);
  assert.deepEqual([roundsOf(slow.result), ended?.roundCount], [4, 4]);
  const endless = await run(context, {});
  assert.deepEqual(endless.result.ranking.until?.ended, {
    reason: 'round-count',
    roundCount: 30,
    halfWidthRatio: null,
  });
});

test('the width of a run is that of its widest question, and unknown while one cannot be ranked', () => {
  const question = (ratePerSec: number, spreadRatio: number, count = 5) =>
    ['crud-go', 'crud-node-async'].flatMap((implementation) =>
      okTrials(count, { implementation, ratePerSec }, spreadRatio),
    );
  const width = (trials: RunResult['trials']) => widestHalfWidth(runResult({ trials }));
  const [narrow, wide] = [width(question(100, 0.01)), width(question(50, 0.04))];
  assert.ok(narrow !== null && wide !== null && narrow < wide);
  assert.equal(width([...question(100, 0.01), ...question(50, 0.04)]), wide);
  assert.equal(width([...question(100, 0.01), ...question(50, 0.04, 2)]), null);
  assert.equal(width([...question(100, 0.01), ...okTrials(5, { ratePerSec: 25 })]), narrow);
  assert.equal(width([]), null);
});

test('the progress and the report say which width was asked for and which was reached', () => {
  const lines: string[] = [];
  const output = { isTTY: false, print: (text: string) => lines.push(text) } as unknown as GuardedStream;
  const progress = createProgress(output, { nowMs: () => 0, verbose: false });
  progress.onRound({ roundCount: 5, halfWidthRatio: 0.123, askedRatio: 0.05, reason: null });
  progress.onRound({ roundCount: 6, halfWidthRatio: null, askedRatio: 0.05, reason: 'time-budget' });
  progress.end();
  assert.deepEqual(lines, [
    '5 rounds: CPU per request within ± 12 % (asked for ± 5.0 %)\n',
    '6 rounds: not all can be ranked yet (asked for ± 5.0 %): the time budget is used up\n',
  ]);
  const ended = { reason: 'time-budget', roundCount: 12, halfWidthRatio: 0.07 } as const;
  const until = { halfWidthRatio: 0.05, timeBudgetMs: 60_000, ended };
  const text = (of: RunResult['ranking']['until']) =>
    trustText(trustOf(runResult({ ranking: { against: null, until: of } }), []));
  assert.match(text(until), /within ± 5.0 %: not reached, but ± 7.0 % in 12 rounds, where the time budget ended/);
  assert.match(
    text({ ...until, ended: { ...ended, reason: 'half-width', halfWidthRatio: 0.048 } }),
    /: reached ± 4\.8 % in 12 rounds/,
  );
});
