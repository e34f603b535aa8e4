// test-lane: alone
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCgroupLayout } from '../../src/probe/cgroup-layout.ts';
import type { ProbeMethod } from '../../src/probe/probe.ts';
import { median } from '../../src/stats/descriptive.ts';
import { type BurnPlace, measureBurn } from './burn.ts';

const burntMs = 300;
const heldMib = 64;

/** Start-ups, garbage collection and a busy machine's cache misses come on top of what the fixture burns. */
const toleranceMs: Readonly<Record<BurnPlace, number>> = {
  main: 80,
  threads: 120,
  children: 160,
  // Six start-ups of Node, of 45 ms and more each, on both sides of the difference.
  'short-children': 300,
};

const skip: Readonly<Record<ProbeMethod, string | false>> = {
  cgroup: findCgroupLayout() === null ? 'no control group can be made by this user' : false,
  proc: process.platform === 'linux' ? false : 'no /proc',
  pidusage: false,
};

/** What the fixture burns, apart from what starting and waiting costs. */
async function burntBy(method: ProbeMethod, place: BurnPlace): Promise<number> {
  const without = await measureBurn(method, place, 0, 0);
  const withBurn = await measureBurn(method, place, burntMs, 0);
  return withBurn.cpuMs - without.cpuMs;
}

const places: readonly BurnPlace[] = ['main', 'threads', 'children', 'short-children'];
for (const method of ['cgroup', 'proc'] as const) {
  for (const place of places) {
    test(`the ${method} probe finds the CPU burnt in ${place}`, { skip: skip[method] }, async () => {
      const cpuMs = await burntBy(method, place);
      assert.ok(Math.abs(cpuMs - burntMs) <= toleranceMs[place], `found ${cpuMs} ms of ${burntMs}`);
    });
  }

  for (const place of ['main', 'threads'] as const) {
    test(`the ${method} probe finds memory held beside ${place}`, { skip: skip[method] }, async () => {
      // The median of three: on a busy machine one start of a runtime takes some MiB more than another.
      const foundMib = median([
        await heldBeside(method, place),
        await heldBeside(method, place),
        await heldBeside(method, place),
      ]);
      assert.ok(Math.abs((foundMib ?? 0) - heldMib) <= 8, `found ${foundMib} MiB of ${heldMib}`);
    });
  }
}

for (const place of ['main', 'threads', 'children'] as const) {
  test(`the pidusage probe finds the CPU burnt in ${place}`, async () => {
    const cpuMs = await burntBy('pidusage', place);
    assert.ok(Math.abs(cpuMs - burntMs) <= toleranceMs[place], `found ${cpuMs} ms of ${burntMs}`);
  });
}

test('the pidusage probe does not see children that live between two looks, as its source says', async () => {
  const cpuMs = await burntBy('pidusage', 'short-children');
  assert.ok(cpuMs < burntMs / 2, `found ${cpuMs} ms: the note on this probe can go`);
});

async function heldBeside(method: ProbeMethod, place: 'main' | 'threads'): Promise<number> {
  const without = await measureBurn(method, place, 0, 0);
  const holding = await measureBurn(method, place, 0, heldMib);
  return ((holding.anonBytes ?? 0) - (without.anonBytes ?? 0)) / 2 ** 20;
}
