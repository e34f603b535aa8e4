import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spentInWindow } from '../../src/cli/sample-file.ts';
import { k6Reasons } from '../../src/k6/assessment.ts';
import { measuredLoadOf } from '../../src/k6/measured-load.ts';
import { type InstanceSummary, type MergedLoad, mergeInstances, readSummary } from '../../src/k6/merge.ts';
import { boundsMs, bucketName, outcomeName } from '../../src/k6/plan.ts';
import { k6Plan } from '../support/k6-plan.ts';

const plan = k6Plan;

/** 100 right answers in counter 10 of each histogram. */
function instance(segment: string, counts: Readonly<Record<string, number>> = {}): InstanceSummary {
  const buckets = (['response', 'service', 'send_delay'] as const).map((one) => [bucketName(one, 10), 100]);
  return {
    ...{ format: 'paceline-k6', version: 1, script: { declared: 'ab', actual: 'ab' }, plan, segment, source: segment },
    boundsMs: [...boundsMs],
    exact: {},
    counts: { [outcomeName(0, 'ok')]: 100, paceline_started_at_ms: 1_000, ...Object.fromEntries(buckets), ...counts },
  };
}

function codesOf(merged: MergedLoad): string[] {
  const load = measuredLoadOf(merged, { version: null, niceness: null, startedAtNs: 0 });
  const { generator } = load;
  assert.ok(generator.engine === 'k6');
  return k6Reasons(load, generator).map(({ code }) => code);
}

const parts = ['0:1/3', '1/3:2/3', '2/3:1'];
const whole = parts.map((part) => instance(part));

test('counters of all instances are added, and a percentile is the counter that it is in', () => {
  const load = mergeInstances(whole);
  assert.deepEqual(codesOf(load), []);
  assert.equal(load.counts.ok, 300);
  assert.equal(load.response.buckets[10], 300);
  assert.deepEqual(load.response.p50, { lowMs: boundsMs[9], highMs: boundsMs[10] });
  assert.equal(load.response.p99, null);
  const last = instance('2/3:1', { [bucketName('response', boundsMs.length)]: 900 });
  const slow = mergeInstances(
    [...whole.slice(0, 2), last].map((one) => ({ ...one, plan: { ...plan, ratePerSec: 4 * plan.ratePerSec } })),
  );
  assert.deepEqual(slow.response.p99, { lowMs: boundsMs.at(-1), highMs: null });
});

test('a load that was not the one asked for is invalid, and why', () => {
  const codes = (last: InstanceSummary) => codesOf(mergeInstances([...whole.slice(0, 2), last]));
  assert.deepEqual(codes(instance('2/3:1', { dropped_iterations: 3, [outcomeName(0, 'ok')]: 97 })), ['too-few-sent']);
  assert.deepEqual(codes(instance('2/3:1', { [outcomeName(0, 'ok')]: 99 })), ['too-few-sent']);
  assert.deepEqual(codes(instance('2/3:1', { [outcomeName(0, 'ok')]: 99, [outcomeName(0, 'timed_out')]: 1 })), []);
  // The iteration after the last one that was due.
  assert.deepEqual(codes(instance('2/3:1', { dropped_iterations: 1 })), []);
  assert.deepEqual(codes(instance('2/3:1', { paceline_started_at_ms: 2_001 })), ['instance-late']);
  const idle = mergeInstances([{ ...instance('0:1'), counts: { dropped_iterations: 9 } }]);
  assert.deepEqual(idle.startSkewMs, [{ source: '0:1', segment: '0:1', skewMs: null }]);
  assert.equal(idle.startedAtMs, null);
  assert.equal(idle.response.p50, null);
});

test('files that are not all instances of one run are refused', () => {
  const refused = (all: readonly InstanceSummary[], reason: RegExp) => assert.throws(() => mergeInstances(all), reason);
  refused(whole.slice(0, 2), /the part from 66\.7 % to 100\.0 % of the load has no summary/);
  refused([instance('0:1/3'), instance('2/3:1')], /from 33\.3 % to 66\.7 %/);
  refused([...whole, instance('0:1/3')], /part 0:1\/3 of the load is there twice/);
  const changed = { ...instance('2/3:1'), script: { declared: 'ab', actual: 'cd' } };
  refused([...whole.slice(0, 2), changed], /2\/3:1: the script was changed after it was exported/);
  refused(
    [...whole.slice(0, 2), instance('2/3:1', { [bucketName('service', 3)]: 9e15 })],
    /latencies were counted, and 300 requests were due: a file is damaged/,
  );
  refused([...whole.slice(0, 2), { ...instance('2/3:1'), plan: { ...plan, seed: 2 } }], /are of two scripts/);
  const elsewhere = { ...instance('2/3:1'), plan: { ...plan, target: 'http://10.0.0.9' } };
  refused([...whole.slice(0, 2), elsewhere], /was sent to .*, and .* to http:\/\/10\.0\.0\.9/);
});

test('a summary is found in the log of a pod; what is none is refused by what it is', () => {
  const { source: _, ...summary } = instance('0:1');
  const line = JSON.stringify(summary);
  assert.equal(readSummary(`level=info msg=x\n${line}\n`, 'pod.log').segment, '0:1');
  const refused = (text: string, reason: RegExp) => assert.throws(() => readSummary(text, 'f'), reason);
  refused('{"root_group":{},"metrics":{}}', /--summary-export: its thresholds are inverted/);
  refused('level=error msg=killed', /did the instance die before its end/);
  refused(JSON.stringify(summary, null, 2), /not as the one line that was written/);
  // As `k6 run --summary-trend-stats` leaves it: the counters are whole.
  const some = JSON.stringify({ ...summary, exact: { response: { avg: 1 } } });
  assert.equal(readSummary(some, 'f').exact.response, null);
  refused(line.slice(0, 200), /f is damaged: it is not whole JSON/);
  refused(line.replace('"segment":"0:1"', '"segment":"all"'), /f is damaged: segment/);
  refused(
    line.replace('"paceline_started_at_ms":1000', '"paceline_started_at_ms":9000000000000000'),
    /f is damaged: counts/,
  );
  refused(`${line}\n${line.replace('0:1', '0:1/2')}`, /f has 2 summaries/);
});

test('CPU is taken from the window of the load by time, clocks that differ included', () => {
  const samples = [0, 1, 2, 3].map((second) => ({
    ...{ atMs: second * 1_000, cpuUserMs: second * second * 100, cpuSystemMs: 0, anonBytes: second * 10 },
    ...{ role: 'target' as const, processCount: 1, threadCount: 1, rssBytes: null, runDelayMs: null },
  }));
  const file = {
    format: 'paceline-sample',
    version: 1,
    startedAtMs: 10_000,
    spent: { program: 'p', samples, sources: { cpu: 'c', memory: 'm' }, samplingCoresUsed: 0 },
  } as const;
  const load = { startedAtMs: 10_500, plan: { ...plan, measureMs: 1_500 } };
  const { cpuMs, userMs, peakPrivateBytes, samples: within } = spentInWindow(file, load, 0);
  assert.deepEqual({ cpuMs, userMs, peakPrivateBytes }, { cpuMs: 350, userMs: 350, peakPrivateBytes: 20 });
  assert.deepEqual(
    within.map(({ atMs }) => atMs),
    [500, 1_500],
  );
  assert.equal(spentInWindow(file, load, 1_000).cpuMs, 650);
  assert.throws(() => spentInWindow(file, load, 1_001), /do not cover the window/);
  assert.throws(() => spentInWindow(file, load, -501), /do not cover the window/);
});
