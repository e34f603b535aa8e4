import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildReport } from '../../src/report/build/build-report.ts';
import { type Chart, chartSeries, slotOf } from '../../src/report/charts/chart.ts';
import { hues, seriesColor } from '../../src/report/charts/palette.ts';
import { reportCharts } from '../../src/report/charts/report-charts.ts';
import { maxPointCount, thinned } from '../../src/report/charts/series.ts';
import { chartCsv, chartData } from '../../src/report/page/chart-data.ts';
import { shownChart } from '../../src/report/page/shown-chart.ts';
import { compareKeys, sortKey } from '../../src/report/page/sort-key.ts';
import { hashOf, initialView, toggled, type View, viewOf } from '../../src/report/page/view.ts';
import { sevenAtThreeRates } from '../support/run-examples.ts';

const charts = [...reportCharts(buildReport(sevenAtThreeRates(), [])).values()].flat();

function alternatives(slot: string): Chart[] {
  const found = charts.filter((chart) => slotOf(chart) === slot);
  assert.ok(found.length > 0, slot);
  return found;
}

function shown(slot: string, view: Partial<View>): Chart {
  const chart = shownChart(alternatives(slot), { ...initialView, ...view });
  assert.ok(chart);
  return chart;
}

const words = fc.string({ minLength: 1 });
const anyView: fc.Arbitrary<View> = fc.record(
  {
    hidden: fc.array(words).map((list) => new Set(list)),
    hiddenRates: fc.array(fc.nat().map(String)).map((list) => new Set(list)),
    latency: fc.constantFrom('response', 'service'),
    percentile: fc.constantFrom(50, 90, 99, 99.9),
    scale: fc.constantFrom('auto', 'linear', 'logarithmic'),
    baseline: fc.option(words),
    highlighted: fc.option(words),
    prices: fc.record(
      {
        'vcpu-hour': fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((price) => price || 0),
        'machine-gib': fc.double({ min: 0.01, noNaN: true, noDefaultInfinity: true }),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    sorts: fc
      .array(
        fc.tuple(
          fc.stringMatching(/^t\d+$/),
          fc.record({ column: fc.nat(20), isDescending: fc.boolean() }, { noNullPrototype: true }),
        ),
      )
      .map((list) => new Map(list)),
    anchor: fc.option(fc.stringMatching(/^[a-z][a-z0-9_-]*$/)),
  },
  { noNullPrototype: true },
);

test('a link shows what its sender saw: every view comes back from its hash', () => {
  fc.assert(fc.property(anyView, (view) => assert.deepEqual(viewOf(hashOf(view)), view)));
});

test('a plain anchor is one, the first view needs no hash, and nonsense in a hash is as if it were not there', () => {
  assert.equal(viewOf('#crud-history-warm-100').anchor, 'crud-history-warm-100');
  assert.equal(hashOf(initialView), '');
  assert.deepEqual(
    viewOf('#percentile=200&scale=cubic&sort=t1:0&sort=x&vcpu-hour=-1&gib-hour=&machine-vcpu=0'),
    initialView,
  );
  assert.equal(viewOf('#%E0%A4%A').anchor, '%E0%A4%A');
});

test('a second press takes back the first', () => {
  const once = toggled(new Set(['a']), 'b');
  assert.deepEqual([...once], ['a', 'b']);
  assert.deepEqual([...toggled(once, 'b')], ['a']);
});

test('kind of latency and percentile choose among the charts of one place, and fall back to what there is', () => {
  const slot = 'crud-history-warm-100-latency';
  assert.equal(shown(slot, {}).title, 'Response time p50');
  assert.equal(shown(slot, { latency: 'service', percentile: 90 }).title, 'Service time p90');
  assert.equal(shown(slot, { percentile: 99.9 }).title, 'Response time p99');
  assert.equal(shown('crud-history-warm-100-percentiles', { latency: 'service' }).title, 'Service times');
  assert.equal(shown('crud-history-warm-100-cpu', { latency: 'service' }).title, 'CPU per request');
});

test('hidden implementations leave bars and lines, hidden rates leave the charts over rates alone', () => {
  const bars = shown('crud-history-warm-100-cpu', { hidden: new Set(['crud-go']) });
  assert.ok(bars.kind === 'bars' && bars.bars.length === 6 && !bars.bars.some(({ label }) => label === 'crud-go'));
  const hiddenRates = new Set(['100']);
  const byRate = shown('crud-history-warm-by-rate-latency', { hiddenRates });
  assert.ok(byRate.kind === 'lines');
  assert.deepEqual(
    byRate.lines[0]?.points.map(({ x }) => x),
    [25, 200],
  );
  const overTime = shown('crud-history-warm-100-cores-over-time', { hiddenRates });
  assert.ok(overTime.kind === 'lines' && (overTime.lines[0]?.points.length ?? 0) === 10);
});

test('a logarithmic axis is refused where something is zero', () => {
  const scale = 'logarithmic';
  const chart = shown('crud-history-warm-100-percentiles', { scale });
  assert.ok(chart.kind === 'lines');
  assert.deepEqual([chart.y.scale, chart.y.min], ['logarithmic', null]);
  const [line] = chart.lines;
  const zero = {
    ...chart,
    y: { ...chart.y, scale: 'linear' as const },
    lines: [{ ...line, points: [{ x: 1, y: 0, whisker: null }] }],
  };
  const kept = shownChart([zero as Chart], { ...initialView, scale });
  assert.equal(kept?.kind === 'lines' ? kept.y.scale : null, 'linear');
});

test('a chart’s table has every number that it draws', () => {
  for (const chart of charts) {
    const { heads, rows } = chartData(chart);
    const count =
      chart.kind === 'lines'
        ? chart.lines.reduce((sum, { points }) => sum + points.length, 0)
        : chartSeries(chart).length;
    assert.equal(rows.length, count, chart.id);
    for (const row of rows) assert.equal(row.length, heads.length, chart.id);
  }
  const [cpu] = alternatives('crud-history-warm-100-cpu');
  assert.ok(cpu?.kind === 'bars');
  assert.deepEqual(chartData(cpu).rows[0]?.slice(0, 2), [cpu.bars[0]?.label, cpu.bars[0]?.value]);
});

test('CSV of a chart is one that no spreadsheet runs', () => {
  const [bars] = alternatives('crud-history-warm-100-cpu');
  assert.ok(bars?.kind === 'bars');
  const hostile = { ...bars, bars: bars.bars.map((bar) => ({ ...bar, label: '=1+1,"x"' })) };
  assert.match(chartCsv(hostile), /^series,ms,min,max\r\n"'=1\+1,""x""",/);
});

test('cells sort by the number that they show, whatever its unit', () => {
  const texts = ['–', 'b', '1.20 µs (1.18–1.25)', 'a', '< 5 ns', '2.0 ms', ''];
  const keys = texts.map(sortKey).filter((key) => key !== null);
  assert.deepEqual(keys.sort(compareKeys), [5, 1200, 2e6, 'a', 'b']);
  assert.equal(sortKey('12,345'), 12_345);
  assert.equal(sortKey('3 of 3'), 3);
});

test('a long series keeps the lowest and the highest of each stretch', () => {
  const points = Array.from({ length: 5_000 }, (_, x) => ({ x, y: x === 3_333 ? 99 : x % 7, whisker: null }));
  const few = thinned(points);
  assert.ok(few.length <= maxPointCount);
  assert.ok(few.some(({ y }) => y === 99));
  assert.deepEqual(
    few.map(({ x }) => x),
    few.map(({ x }) => x).toSorted((a, b) => a - b),
  );
  assert.deepEqual(thinned(points.slice(0, 100)), points.slice(0, 100));
});

/** What is seen without one kind of cone, on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const visions: Readonly<Record<string, readonly (readonly number[])[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function linearRgb(color: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** CIE L*a*b*. */
function labOf([r = 0, g = 0, b = 0]: readonly number[]): number[] {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(a: string, b: string, vision: readonly (readonly number[])[]): number {
  const seen = (color: string) => {
    const rgb = linearRgb(color);
    const cones = vision.map((row) => row.reduce((sum, factor, index) => sum + factor * (rgb[index] ?? 0), 0));
    return labOf(cones.map((value) => Math.min(1, Math.max(0, value))));
  };
  const [one, other] = [seen(a), seen(b)];
  return Math.hypot(...one.map((value, index) => value - (other[index] ?? 0)));
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = linearRgb(color);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('any two languages differ in hue for readers without one kind of cone, and each from its paper', () => {
  const families = Object.keys(hues) as (keyof typeof hues)[];
  for (const [theme, paper] of [
    ['light', '#fdfdfb'],
    ['dark', '#151618'],
  ] as const) {
    for (const [index, family] of families.entries()) {
      const color = hues[family][theme];
      const [dim = 0, bright = 0] = [luminance(color), luminance(paper)].sort((a, b) => a - b);
      assert.ok((bright + 0.05) / (dim + 0.05) >= 3, `${theme} ${family}`);
      for (const other of families.slice(index + 1))
        for (const [name, vision] of Object.entries(visions))
          assert.ok(distance(color, hues[other][theme], vision) >= 18, `${theme} ${family} ${other} ${name}`);
    }
  }
});

test('three shades of a hue differ', () => {
  for (const theme of ['light', 'dark'] as const)
    assert.equal(new Set([0, 1, 2].map((shade) => seriesColor({ family: 'go', shade }, theme))).size, 3);
});
