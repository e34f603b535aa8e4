import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { type ExportFormat, exportFormats } from '../../src/compare/export/formats.ts';
import { compareOptions } from '../support/compared.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { failedTrial } from '../support/run-result.ts';

const runs = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor: 1.06 });
const hostile = { ...failedTrial({ repetition: 13 }), message: '=cmd|"x"\n, <b>' };
const head = { ...runs.head, trials: [...runs.head.trials, hostile] };
const exported = { ...runs, head, comparison: compareRuns(runs.base, runs.head, compareOptions) };

function written(format: ExportFormat): string {
  return exportFormats[format](exported);
}

/** BenchmarkResult of github-action-benchmark (src/extract.ts): what its custom tools read from a file. */
const benchmarkFile = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      value: z.number().finite(),
      unit: z.string().min(1),
      range: z.string().regex(/^± \d+(\.\d+)?(e-\d+)?$/),
      extra: z.string(),
    }),
  )
  .min(1);

test('both files of github-action-benchmark have its shape, and CPU is in each the right way round', () => {
  const smaller = benchmarkFile.parse(JSON.parse(written('customSmallerIsBetter')));
  const bigger = benchmarkFile.parse(JSON.parse(written('customBiggerIsBetter')));
  const cost = smaller.find(({ name }) => name.endsWith('cpu-per-request'))?.value ?? 0;
  const yields = bigger.find(({ name }) => name.endsWith('requests-per-cpu-second'))?.value ?? 0;
  assert.ok(Math.abs(cost * yields - 1000) < 1e-6);
  const base = bigger.find(({ name }) => name.endsWith('requests-per-cpu-second'))?.extra ?? '';
  const baseYields = Number(/^base ([\d.]+)$/m.exec(base)?.[1]);
  assert.ok(baseYields > yields && baseYields < yields * 1.1, `${base}, value ${yields}`);
  assert.equal(new Set(smaller.map(({ name }) => name)).size, smaller.length);
});

test('the CSV has every trial of both sides, whatever became of it, and no formula or stray line', () => {
  const lines = written('csv').split('\r\n');
  const [heads = '', ...rows] = lines.slice(0, -1);
  assert.equal(rows.length, 25);
  for (const row of rows.slice(0, 24)) assert.equal(row.split(',').length, heads.split(',').length);
  assert.match(rows.at(-1) ?? '', /^head,.*,failed,"measure: =cmd\|""x"" , <b>",false,false,,,/);
});

test('JUnit fails the regression alone, and skips what has no answer', () => {
  const xml = written('junit');
  assert.equal(xml.match(/<failure/g)?.length, 1);
  assert.match(xml, /<testsuites name="paceline" tests="6" failures="1" skipped="0" errors="0">/);
  assert.match(xml, /name="CPU per request"><failure message="worse: /);
});

test('a waived regression is a skipped test, and reason and day are where there is room', () => {
  const waivers = [{ cell: 'crud-go', reason: 'TLS came in', until: '2026-06-30' }];
  const waived = { ...exported, comparison: compareRuns(runs.base, runs.head, { ...compareOptions, waivers }) };
  const xml = exportFormats.junit(waived);
  assert.match(xml, /failures="0" skipped="1"/);
  assert.match(xml, /name="CPU per request"><skipped message="waived until 2026-06-30: TLS came in; worse: /);
  for (const format of ['customSmallerIsBetter', 'customBiggerIsBetter', 'json'] as const)
    assert.match(exportFormats[format](waived), /TLS came in/);
});

test('JUnit says each sentence once', () => {
  const [errors = ''] = written('junit').match(/name="errors".*/) ?? [];
  assert.equal(errors.match(/as many errors/g)?.length, 1);
});

test('Bencher’s format holds each value between its bounds', () => {
  const shape = z.record(
    z.string(),
    z.record(z.string(), z.strictObject({ value: z.number(), lower_value: z.number(), upper_value: z.number() })),
  );
  const benchmarks = shape.parse(JSON.parse(written('bencher')));
  const measures = Object.values(benchmarks['crud-go/history/warm/100'] ?? {});
  assert.ok(measures.length > 10);
  for (const { value, lower_value, upper_value } of measures) assert.ok(lower_value <= value && value <= upper_value);
});

test('Go benchmark lines have a name, a count and pairs of value and unit', () => {
  const lines = written('benchstat')
    .split('\n')
    .filter((line) => line.startsWith('Benchmark'));
  assert.equal(lines.length, 24);
  for (const line of lines) assert.match(line, /^BenchmarkHistory\/\S+\t\d+(\t[\d.e-]+ [\w-]+)+$/);
});
