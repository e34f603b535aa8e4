import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { claims, sources } from '../../bench/claims.ts';
import { scenario as claimsScenario } from '../../bench/scenarios/claims.ts';
import type { Claim, ClaimTest, Quantity } from '../../src/model/claim.ts';
import { metrics } from '../../src/model/metric.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { assessClaims, toEvidence } from '../../src/report/build/claims.ts';
import { claimsMarkdown } from '../../src/report/text/markdown.ts';
import { loadPrimitives, loadWorkload } from '../../src/run/declarations.ts';
import {
  failedPrimitive,
  heldPrimitive,
  primitiveFacts,
  primitiveRunners,
  timedPrimitive,
} from '../support/primitive.ts';
import { raftRunWithin } from '../support/raft-examples.ts';
import { okTrials, runResult, scenarioEntry } from '../support/run-result.ts';

const noLines = { go: null, python: null };

function spawned(
  shapes: readonly { readonly language: 'go' | 'python'; readonly wallNs: readonly number[] }[],
): RunResult {
  const variants = { go: 'goroutine', python: 'thread' };
  const primitives = shapes.flatMap(({ language, wallNs }) =>
    wallNs.map((ns, index) =>
      timedPrimitive({
        implementation: `primitives-${language}`,
        caseId: variants[language],
        wallNs: ns,
        repetition: index + 1,
      }),
    ),
  );
  return runResult({ implementations: primitiveRunners(), primitiveFacts: [primitiveFacts()], primitives });
}

const threads = {
  kind: 'primitive',
  implementation: 'primitives-python',
  primitive: 'spawn',
  caseId: 'thread',
  size: null,
  of: 'wall',
} as const;
const goroutines = { ...threads, implementation: 'primitives-go', caseId: 'goroutine' } as const;

function claim(test: ClaimTest): Claim {
  return { id: 'c', source: 'kiederle', quotation: 'so they say', claimed: 'x', measuredBy: 'y', test, note: 'z' };
}

function verdict(test: ClaimTest, ...results: readonly RunResult[]): string {
  const [assessed] = assessClaims([claim(test)], results.map(toEvidence), noLines);
  return `${assessed?.verdict} ${assessed?.measured}`;
}

const result = spawned([
  { language: 'python', wallNs: [8_000, 10_000, 12_000] },
  { language: 'go', wallNs: [900, 1_000, 1_100] },
]);

test('a ratio is assessed by its whole interval, from the worst pair to the best', () => {
  const times = (claimed: number) => verdict({ kind: 'times', of: threads, to: goroutines, claimed }, result);
  assert.equal(times(9), 'holds 10.0× (7.27–13.3)');
  assert.equal(times(30), 'holds in part 10.0× (7.27–13.3)');
  assert.equal(times(2), 'holds in part 10.0× (7.27–13.3)');
});

test('a ratio of two that were asked the same is that of the ranking, narrower than the quotient of ranges', () => {
  const trial = (implementation: string) =>
    ({ kind: 'trial', workload: 'history', implementation, metric: 'cpu-per-request' }) as const;
  const trials = [
    ...okTrials(5, { implementation: 'crud-python-flask', cpuPerRequestMs: 1.5 }, 0.03),
    ...okTrials(5, { implementation: 'crud-go', cpuPerRequestMs: 0.5 }, 0.03),
  ];
  const times = { kind: 'times', of: trial('crud-python-flask'), to: trial('crud-go'), claimed: 3 } as const;
  const [assessed] = assessClaims([claim(times)], [toEvidence(runResult({ trials }))], noLines);
  const [, low = 0, high = 0] = /^3\.\d+× \((\d\.\d+)–(\d\.\d+)\)$/.exec(assessed?.measured ?? '')?.map(Number) ?? [];
  // From 1.41 ÷ 0.53 to 1.59 ÷ 0.47 the ranges alone would go.
  assert.ok(low > 2.7 && high < 3.36, assessed?.measured ?? 'not measured');
});

test('two trials are too few for a ranking: the ratio runs from the worst pair to the best', () => {
  const trial = (implementation: string) =>
    ({ kind: 'trial', workload: 'history', implementation, metric: 'cpu-per-request' }) as const;
  const trials = [
    ...okTrials(2, { implementation: 'crud-python-flask', cpuPerRequestMs: 1.5 }, 0.1),
    ...okTrials(2, { implementation: 'crud-go', cpuPerRequestMs: 0.5 }, 0.1),
  ];
  const times = { kind: 'times', of: trial('crud-python-flask'), to: trial('crud-go'), claimed: 3 } as const;
  const values = (name: string) =>
    trials.flatMap((one) =>
      one.spec.implementation === name ? (one.measurement?.cpu.target?.perRequestMs ?? []) : [],
    );
  const [flask, go] = [values('crud-python-flask'), values('crud-go')];
  const [low, high] = [Math.min(...flask) / Math.max(...go), Math.max(...flask) / Math.min(...go)];
  assert.equal(
    verdict(times, runResult({ trials })).replace(/^.*\(/, '('),
    `(${low.toPrecision(3)}–${high.toPrecision(3)})`,
  );
  const alone = runResult({ trials: trials.slice(0, 2) });
  assert.match(verdict(times, alone), /^not measured/);
});

test('a share of nothing says nothing', () => {
  const none = spawned([
    { language: 'python', wallNs: [9_000] },
    { language: 'go', wallNs: [0] },
  ]);
  assert.match(verdict({ kind: 'times', of: threads, to: goroutines, claimed: 9 }, none), /^not measured/);
});

test('a ratio in the other direction does not hold, nor one that reaches 1', () => {
  assert.match(verdict({ kind: 'times', of: goroutines, to: threads, claimed: 2 }, result), /^does not hold/);
  const alike = spawned([
    { language: 'python', wallNs: [900, 1_200] },
    { language: 'go', wallNs: [1_000, 1_000] },
  ]);
  assert.match(verdict({ kind: 'more', of: threads, to: goroutines, least: 1 }, alike), /^does not hold/);
});

test('“much” needs its minimum', () => {
  assert.match(verdict({ kind: 'more', of: threads, to: goroutines, least: 2 }, result), /^holds 10/);
  assert.match(verdict({ kind: 'more', of: threads, to: goroutines, least: 9 }, result), /^holds in part/);
});

test('the two sides are never taken from different runs', () => {
  const [go, python] = [
    spawned([{ language: 'go', wallNs: [1_000] }]),
    spawned([{ language: 'python', wallNs: [9_000] }]),
  ];
  assert.match(verdict({ kind: 'times', of: threads, to: goroutines, claimed: 9 }, go, python), /^not measured/);
});

test('the newest run that knows both counts', () => {
  const older = { ...result, startedAt: '2025-01-01T00:00:00.000Z' };
  const newer = spawned([
    { language: 'python', wallNs: [2_000] },
    { language: 'go', wallNs: [1_000] },
  ]);
  assert.equal(
    verdict({ kind: 'times', of: threads, to: goroutines, claimed: 9 }, newer, older),
    'holds in part 2.00×',
  );
});

test('the services’ claims are read from trials of the same workload', () => {
  const trials = [
    ...okTrials(3, { implementation: 'crud-python-flask', workload: 'blog-post', loadedMib: 60 }),
    ...okTrials(3, { implementation: 'crud-go', workload: 'blog-post', loadedMib: 6 }),
  ];
  const base = runResult({ trials });
  const run = { ...base, scenario: { ...base.scenario, entries: [scenarioEntry({ workload: 'blog-post' })] } };
  const [ratio] = assessClaims(
    claims.filter(({ id }) => id === 'memory-ratio'),
    [toEvidence(run)],
    noLines,
  );
  assert.equal(ratio?.verdict, 'holds');
  assert.match(ratio?.measured ?? '', /^10\.0×/);
});

test('the largest number of units counts only in a run that reached the last size', () => {
  const most = { ...threads, primitive: 'memory-tasks', size: 1_000_000, of: 'max-size' } as const;
  const facts = primitiveFacts({ id: 'memory-tasks', kind: 'memory', sizeLabel: 'tasks' });
  const shape = { implementation: 'primitives-python', caseId: 'thread' };
  const cut = [heldPrimitive({ ...shape, size: 1_000, privateBytes: 2 ** 25 })];
  const whole = [...cut, failedPrimitive({ ...shape, primitive: 'memory-tasks', size: 1_000_000 })];
  const run = (primitives: RunResult['primitives']) =>
    runResult({ implementations: primitiveRunners(), primitiveFacts: [facts], primitives });
  const least = { kind: 'at-least', of: most, claimed: 1_000, unit: 'count' } as const;
  assert.match(verdict(least, run(cut)), /^not measured/);
  assert.equal(verdict(least, run(whole)), 'holds 1,000');
});

test('the largest cluster is claimed only of a search that came to its end', () => {
  const largest = (implementation: string) => ({ kind: 'largest-cluster', implementation }) as const;
  const test = { kind: 'more', of: largest('raft-go'), to: largest('raft-python-asyncio'), least: 2 } as const;
  // 301 nodes of Go held; how many more would have is unknown.
  assert.match(verdict(test, raftRunWithin(1_001)), /^not measured/);
  assert.match(verdict(test, raftRunWithin(301)), /^holds 12\.0×/);
});

test('about equal is within its factor', () => {
  const test = claims.find(({ id }) => id === 'code-length')?.test as ClaimTest;
  const lines = (go: number, python: number) =>
    assessClaims([claim(test)], [toEvidence(runResult())], { go, python })[0]?.verdict;
  assert.deepEqual(
    [lines(1_000, 900), lines(1_000, 700), lines(1_000, 400)],
    ['holds', 'holds in part', 'does not hold'],
  );
});

test('what no program can measure is said to be so', () => {
  const [easier] = assessClaims(
    claims.filter(({ id }) => id === 'python-easier'),
    [toEvidence(result)],
    noLines,
  );
  assert.equal(easier?.verdict, 'not measured');
  assert.match(easier?.claim.note ?? '', /Not measurable/);
});

test('the scenario claims measures whatever a claim asks of a run', async () => {
  const { entries, primitives: plan } = claimsScenario;
  const isMeasured = async (quantity: Quantity): Promise<boolean> => {
    if (quantity.kind === 'code-lines') return true;
    if (quantity.kind === 'trial') return entries.some(({ workload }) => workload === quantity.workload);
    if (quantity.kind === 'largest-cluster') return entries.some(({ cluster }) => cluster?.searchesSize);
    return (await loadPrimitives(plan?.ids ?? [])).some(({ id }) => plan !== null && id === quantity.primitive);
  };
  for (const { id, test } of claims) {
    if (test.kind === 'none') continue;
    const quantities = 'to' in test ? [test.of, test.to] : [test.of];
    for (const quantity of quantities) assert.ok(await isMeasured(quantity), `${id}: ${JSON.stringify(quantity)}`);
  }
});

test('every declared claim names things that exist, in at most a line', async () => {
  const primitives = new Map((await loadPrimitives([])).map((one) => [one.id, one]));
  const quantities = claims.flatMap(({ test }) =>
    test.kind === 'none' ? [] : 'to' in test ? [test.of, test.to] : [test.of],
  );
  for (const quantity of quantities) {
    if (quantity.kind === 'trial') {
      await loadWorkload('crud', quantity.workload);
      assert.ok(
        metrics.some(({ id }) => id === quantity.metric),
        quantity.metric,
      );
    }
    if (quantity.kind === 'primitive') {
      const declared = primitives.get(quantity.primitive);
      const variants = Object.values(declared?.cases ?? {}).flat();
      assert.ok(
        variants.some(({ id }) => id === quantity.caseId),
        `${quantity.primitive} ${quantity.caseId}`,
      );
      assert.ok(quantity.size === null || declared?.sizes.includes(quantity.size));
    }
  }
  for (const { quotation, source } of claims) {
    assert.ok(quotation.length <= 100, quotation);
    assert.ok(sources.some(({ id }) => id === source));
  }
  assert.equal(new Set(claims.map(({ id }) => id)).size, claims.length);
});

test('the Markdown table of the documentation names every claim', async () => {
  const page = await readFile(new URL('../../docs/claims.md', import.meta.url), 'utf8');
  for (const { quotation } of claims) assert.ok(page.includes(quotation), quotation);
  assert.match(claimsMarkdown(assessClaims(claims, [], noLines), sources), /\d+ not measured\.$/);
});
