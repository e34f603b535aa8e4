import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLead } from '../../src/load/lead.ts';
import { createRandom } from '../../src/stats/random.ts';

test('the lead settles where one waking in ten comes late', () => {
  const lead = createLead(25);
  const random = createRandom(1);
  let lateCount = 0;
  for (let count = 0; count < 4_000; count += 1) {
    const wakingNs = 100_000 + random.float() * 200_000;
    const remainingNs = lead.ns() - wakingNs;
    if (count >= 2_000 && remainingNs < 0) lateCount += 1;
    lead.observe(remainingNs);
  }
  assert.ok(lateCount > 150 && lateCount < 250, `${lateCount} of 2,000 were late`);
});

test('the lead is never more than a tenth of the gap', () => {
  const lead = createLead(1_000);
  for (let count = 0; count < 100; count += 1) lead.observe(-1);
  assert.equal(lead.ns(), 100_000);
});

test('at rates whose gaps are too short to poll through there is no lead', () => {
  const lead = createLead(5_000);
  lead.observe(-1);
  assert.equal(lead.ns(), 0);
});
