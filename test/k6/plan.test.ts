import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { createRandom, enterIteration } from '../../src/k6/iteration-random.ts';
import { readme, testRunYaml } from '../../src/k6/manifest.ts';
import { boundPlace, boundsMs, type K6Plan, plannedCount, wholeRate } from '../../src/k6/plan.ts';
import { k6Plan } from '../support/k6-plan.ts';

const plan: K6Plan = {
  ...k6Plan,
  ...{ service: 'crud', workload: 'authenticate', contractVersion: 2, operations: ['authenticate'], ratePerSec: 12.5 },
};

test('the bounds go from 0.1 ms to 60 s by × 1.25, and each time has the first bound that is not below it', () => {
  assert.equal(boundsMs[0], 0.1);
  assert.ok((boundsMs.at(-1) as number) >= 60_000 && (boundsMs.at(-2) as number) < 60_000);
  for (const ms of [0, 0.1, 0.1001, 0.125, 1, 17.3, 60_000, 1e6, ...boundsMs]) {
    const first = boundsMs.findIndex((bound) => ms <= bound);
    assert.equal(boundPlace(ms), first < 0 ? boundsMs.length : first, `${ms} ms`);
  }
});

test('a rate is said in whole iterations, or not at all; what is due at the end of the window is outside', () => {
  assert.deepEqual(wholeRate(100), { rate: 100, timeUnitSec: 1 });
  assert.deepEqual(wholeRate(12.5), { rate: 25, timeUnitSec: 2 });
  assert.deepEqual(wholeRate(0.2), { rate: 1, timeUnitSec: 5 });
  for (const odd of [0, 0.0004, 1 / 3]) assert.equal(wholeRate(odd), null);
  assert.equal(plannedCount(plan), 125);
  assert.equal(plannedCount({ ratePerSec: 0.3, measureMs: 5_000 }), 2);
});

test('what an iteration draws does not depend on the iterations that a virtual user made before', () => {
  const [one, other] = [createRandom(7), createRandom(7)];
  const drawn = [0, 1, 2, 3, 4].map((iteration) => {
    enterIteration(iteration);
    return one.uint32();
  });
  enterIteration(3);
  assert.equal(other.uint32(), drawn[3]);
  assert.equal(new Set(drawn).size, 5);
});

test('the TestRun is one that the operator takes, and its ConfigMap gives back the script to the byte', () => {
  const script = '// hash\nconst a = "x: {y}";\n\n  // # no comment of YAML\n\tlet b;\n';
  const [map, run, ...rest] = parseAllDocuments(testRunYaml(script, plan, 10)).map((one) => one.toJS());
  assert.deepEqual(rest, []);
  assert.deepEqual(map.data, { 'script.js': script });
  const schema = JSON.parse(readFileSync(new URL('fixtures/testrun-schema.json', import.meta.url), 'utf8'));
  assert.equal(z.fromJSONSchema(schema).safeParse(run).error?.message, undefined);
  assert.equal(z.fromJSONSchema(schema).safeParse({ ...run, spec: { ...run.spec, instances: 3 } }).success, false);
  assert.equal(run.spec.parallelism, 10);
  assert.equal(run.spec.script.configMap.name, map.metadata.name);
  assert.throws(() => testRunYaml('x'.repeat(2 ** 20), plan, 1), /1024 KiB, and a ConfigMap holds at most 900/);
});

test('the README says how many requests, and how a part of them is sent', () => {
  const text = readme(plan, 10);
  assert.match(text, /125 requests, 6 virtual users/);
  assert.match(text, /--execution-segment 1\/3:2\/3 --execution-segment-sequence 0,1\/3,2\/3,1/);
});
