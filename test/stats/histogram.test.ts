import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createHistogram,
  decode,
  encode,
  merge,
  percentileCurve,
  record,
  summarize,
} from '../../src/stats/histogram.ts';

const nsPerMs = 1e6;

function histogramOf(valuesMs: readonly number[]) {
  const histogram = createHistogram();
  for (const valueMs of valuesMs) record(histogram, valueMs * nsPerMs);
  return histogram;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('an empty histogram knows nothing but its count', () => {
  const { hdrHistogram, ...figures } = summarize(createHistogram());
  assert.deepEqual(figures, {
    count: 0,
    minMs: null,
    meanMs: null,
    p50Ms: null,
    p90Ms: null,
    p99Ms: null,
    p999Ms: null,
    maxMs: null,
  });
  assert.equal(decode(hdrHistogram).totalCount, 0);
});

test('quantiles appear only from the count that carries them', () => {
  const shown = (count: number) => {
    const { p50Ms, p90Ms, p99Ms, p999Ms } = summarize(histogramOf(upTo(count)));
    return [p50Ms, p90Ms, p99Ms, p999Ms].map((value) => value !== null);
  };
  assert.deepEqual(shown(1), [true, false, false, false]);
  assert.deepEqual(shown(99), [true, false, false, false]);
  assert.deepEqual(shown(100), [true, true, false, false]);
  assert.deepEqual(shown(999), [true, true, false, false]);
  assert.deepEqual(shown(1_000), [true, true, true, false]);
  assert.deepEqual(shown(9_999), [true, true, true, false]);
  assert.deepEqual(shown(10_000), [true, true, true, true]);
});

test('values are right to three significant digits', () => {
  const { minMs, p50Ms, p90Ms, p99Ms, p999Ms, maxMs, meanMs } = summarize(histogramOf(upTo(10_000)));
  const near = (actual: number | null, expected: number) =>
    assert.ok(actual !== null && Math.abs(actual / expected - 1) <= 0.001, `${actual} is not ${expected}`);
  near(minMs, 1);
  near(p50Ms, 5_000);
  near(p90Ms, 9_000);
  near(p99Ms, 9_900);
  near(p999Ms, 9_990);
  near(meanMs, 5_000.5);
  assert.equal(maxMs, 10_000);
});

test('durations are kept to the nearest microsecond', () => {
  const figures = (durationNs: number) => {
    const histogram = createHistogram();
    record(histogram, durationNs);
    return summarize(histogram).p50Ms;
  };
  assert.deepEqual([1_499, 1_500, 17_000].map(figures), [0.001, 0.002, 0.017]);
});

test("a duration is recorded as the library's own recording does", () => {
  const micros = fc.oneof(fc.nat(5_000), fc.nat(2 ** 26), fc.nat(2 ** 34));
  fc.assert(
    fc.property(fc.array(micros, { minLength: 1 }), (values) => {
      const [ours, theirs] = [createHistogram(), createHistogram()];
      for (const value of values) {
        record(ours, value * 1000);
        theirs.recordValue(value);
      }
      assert.equal(encode(ours), encode(theirs));
      assert.deepEqual(summarize(ours), summarize(theirs));
    }),
  );
});

test('below one microsecond and below zero count as records of zero', () => {
  const histogram = createHistogram();
  record(histogram, 400);
  record(histogram, -5_000);
  const { count, minMs, maxMs } = summarize(histogram);
  assert.deepEqual({ count, minMs, maxMs }, { count: 2, minMs: 0, maxMs: 0 });
});

test('durations beyond the first table are kept, up to days', () => {
  const dayMs = 86_400_000;
  assert.equal(summarize(histogramOf([1, 3 * dayMs])).maxMs, 3 * dayMs);
});

test('merging two histograms is the same as recording everything in one', () => {
  const merged = histogramOf(upTo(700));
  merge(merged, histogramOf([...upTo(300).map((value) => value * 1_000), 0.001]));
  const whole = histogramOf([...upTo(700), ...upTo(300).map((value) => value * 1_000), 0.001]);
  const { hdrHistogram: mergedText, ...mergedFigures } = summarize(merged);
  const { hdrHistogram: wholeText, ...wholeFigures } = summarize(whole);
  assert.deepEqual(mergedFigures, wholeFigures);
  assert.deepEqual(percentileCurve(decode(mergedText)), percentileCurve(decode(wholeText)));
});

test('what is encoded is decoded with the same quantiles', () => {
  const histogram = histogramOf(upTo(2_000));
  const again = decode(encode(histogram));
  for (const percentile of [0, 50, 90, 99]) {
    assert.equal(again.getValueAtPercentile(percentile), histogram.getValueAtPercentile(percentile));
  }
});

test('the percentile curve never falls and ends at the maximum', () => {
  const curve = percentileCurve(histogramOf(upTo(1_000)));
  for (const [index, point] of curve.entries()) {
    const previous = curve[index - 1];
    if (previous === undefined) continue;
    assert.ok(point.percentile > previous.percentile && point.valueMs >= previous.valueMs);
  }
  assert.deepEqual(curve.at(-1), { percentile: 100, valueMs: 1_000 });
  assert.deepEqual(percentileCurve(createHistogram()), []);
});
