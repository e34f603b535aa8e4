import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PrimitiveFacts, PrimitiveResult } from '../../src/model/primitive.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { primitiveCharts } from '../../src/report/charts/primitive-charts.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import type { PrimitiveSection } from '../../src/report/model.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import {
  failedPrimitive,
  heldPrimitive,
  notTriedPrimitive,
  primitiveFacts,
  primitiveProfile,
  primitiveRunners,
  timedPrimitive,
} from '../support/primitive.ts';
import { runResult } from '../support/run-result.ts';

const tasks = primitiveFacts({ id: 'memory-tasks', title: 'Waiting tasks', kind: 'memory', sizeLabel: 'tasks' });

function resultOf(primitives: readonly PrimitiveResult[], facts: PrimitiveFacts = primitiveFacts()) {
  const base = runResult({ implementations: primitiveRunners() });
  return {
    ...base,
    scenario: { ...base.scenario, cells: [], primitives: primitiveProfile() },
    workloads: [],
    primitiveFacts: [facts],
    plannedPrimitiveCount: primitives.length,
    primitives: [...primitives],
  };
}

function sectionOf(primitives: readonly PrimitiveResult[], facts?: PrimitiveFacts): PrimitiveSection {
  const [section] = buildReport(resultOf(primitives, facts), []).primitives;
  assert.ok(section);
  return section;
}

function textOf(primitives: readonly PrimitiveResult[], facts?: PrimitiveFacts): string {
  return reportText(buildReport(resultOf(primitives, facts), []), { color: false, resultPath: null, reportPath: null });
}

test('wall is the median of the samples, the range is over fresh processes', () => {
  const [row] = sectionOf(
    [1_000, 1_200, 900].map((wallNs, index) => timedPrimitive({ wallNs, repetition: index + 1 })),
  ).rows;
  assert.deepEqual([row?.wallNs?.median, row?.wallNs?.min, row?.wallNs?.max], [1_000, 900, 1_200]);
  assert.equal(row?.okCount, 3);
});

test('a faster wall time bought with a second core shows in the CPU beside it', () => {
  const text = textOf([timedPrimitive({ wallNs: 1_000, cpuNs: 1_900 })]);
  assert.match(text, /node promise +1\.00 µs +1\.90 µs/);
});

test('unknown CPU is a dash, not nothing', () => {
  assert.match(textOf([timedPrimitive({ cpuNs: null })]), /node promise +1\.00 µs +–/);
});

test('an operation that does not clearly cost more than its loop is only a bound', () => {
  const text = textOf([timedPrimitive({ wallNs: 1, emptyNs: 0.8 })]);
  assert.match(text, /node promise +< 1\.00 ns/);
  assert.match(text, /not clearly dearer than the loop around it/);
});

test('memory of one task is what it adds to the program that has none', () => {
  const { rows } = sectionOf(
    [
      heldPrimitive({ size: 0, privateBytes: 10 * 2 ** 20 }),
      heldPrimitive({ size: 1_000, privateBytes: 12 * 2 ** 20 }),
    ],
    tasks,
  );
  assert.equal(rows.find(({ size }) => size === 1_000)?.bytesPerUnit?.median, (2 * 2 ** 20) / 1_000);
});

test('what is lost in the difference between two starts is not shown as a figure', () => {
  const { rows } = sectionOf(
    [
      heldPrimitive({ size: 0, privateBytes: 10 * 2 ** 20 }),
      heldPrimitive({ size: 1, privateBytes: 10 * 2 ** 20 - 4_096 }),
    ],
    tasks,
  );
  assert.equal(rows.find(({ size }) => size === 1)?.bytesPerUnit, null);
});

test('where memory ends is a result: the largest size that worked', () => {
  const primitives = [
    heldPrimitive({ caseId: 'worker', size: 0, privateBytes: 20 * 2 ** 20 }),
    heldPrimitive({ caseId: 'worker', size: 100, privateBytes: 620 * 2 ** 20 }),
    failedPrimitive({ primitive: 'memory-tasks', caseId: 'worker', size: 1_000 }),
    notTriedPrimitive({ primitive: 'memory-tasks', caseId: 'worker', size: 10_000 }),
  ];
  const text = textOf(primitives, tasks);
  assert.match(text, /node worker: at most 100 here; beyond, out-of-memory: it needed more than the limit/);
  assert.doesNotMatch(text, /10,000/);
});

test('sizes become a line on logarithmic axes with ticks that can be read', () => {
  const lock = primitiveFacts({ id: 'lock', sizeLabel: 'contenders' });
  const section = sectionOf(
    [1, 2, 8].map((size) => timedPrimitive({ primitive: 'lock', size, wallNs: size * 40 })),
    lock,
  );
  const [chart] = primitiveCharts(section);
  assert.ok(chart?.kind === 'lines');
  assert.deepEqual([chart.x.scale, chart.y.scale], ['logarithmic', 'logarithmic']);
  assert.deepEqual(
    chart.y.ticks?.map(({ label }) => label),
    ['10 ns', '100 ns', '1 µs'],
  );
  assert.match(chart.altText, /node promise 40\.0 ns at 1, 80\.0 ns at 2, 320 ns at 8/);
});

test('the page holds every figure as text, and escapes what a runner said', () => {
  const dead: PrimitiveResult = {
    ...(failedPrimitive({ caseId: 'worker' }) as Extract<PrimitiveResult, { status: 'failed' }>),
    code: 'died',
    message: '<script>alert(1)</script>',
  };
  const model = buildReport(resultOf([timedPrimitive(), dead]), []);
  const html = reportHtml(model, { script: '', style: '', scriptHash: 'sha256-a', styleHash: 'sha256-b' });
  assert.match(html, /<h3>Spawn and join<\/h3>/);
  assert.match(html, /1\.00 µs/);
  assert.doesNotMatch(html, /<script>alert/);
});

test('an interrupted run says how many cases it has', () => {
  const interrupted = { ...resultOf([timedPrimitive()]), state: 'interrupted' as const, plannedPrimitiveCount: 7 };
  const { message } = buildReport(interrupted, []).warnings.find(({ code }) => code === 'run-not-complete') ?? {};
  assert.match(message ?? '', /after 1 of 7 cases of primitives/);
});
