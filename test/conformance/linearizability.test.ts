// test-lane: waits
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoggedOperation, linearize } from '../../src/conformance/checks/linearizability.ts';
import { createRandom } from '../../src/stats/random.ts';

const write = (value: string, startedNs: number, endedNs: number | null): LoggedOperation => ({
  kind: 'write',
  value,
  startedNs,
  endedNs,
});
const read = (value: string | null, startedNs: number, endedNs: number): LoggedOperation => ({
  kind: 'read',
  value,
  startedNs,
  endedNs,
});

function isGood(history: readonly LoggedOperation[]): boolean {
  return linearize(history).status === 'linearizable';
}

const good: Readonly<Record<string, readonly LoggedOperation[]>> = {
  'nothing happened': [],
  'a read before any write finds nothing': [read(null, 0, 1), write('a', 2, 3), read('a', 4, 5)],
  'a read beside a write may see either': [write('a', 0, 10), read(null, 1, 2), read('a', 3, 4)],
  'two writes at once may go either way': [write('a', 0, 10), write('b', 0, 10), read('a', 11, 12)],
  'an unknown write may have happened': [write('a', 0, 1), write('b', 2, null), read('b', 50, 51)],
  'an unknown write may not have happened': [write('a', 0, 1), write('b', 2, null), read('a', 50, 51)],
  'an unknown write may happen late, and then stays': [
    write('a', 0, 1),
    write('b', 2, null),
    read('a', 10, 11),
    read('b', 20, 21),
    read('b', 30, 31),
  ],
};

const bad: Readonly<Record<string, readonly LoggedOperation[]>> = {
  'a read of a value that was never written': [read('ghost', 0, 1)],
  'a read after an acknowledged write finds nothing': [write('a', 0, 1), read(null, 2, 3)],
  'a stale read': [write('a', 0, 1), write('b', 2, 3), read('a', 4, 5)],
  'a read before its write was asked for': [read('a', 0, 1), write('a', 2, 3)],
  'two reads see two writes in turns': [
    write('a', 0, 9),
    write('b', 0, 9),
    read('a', 10, 11),
    read('b', 12, 13),
    read('a', 14, 15),
  ],
  'a new value is seen, then the old one again': [
    write('a', 0, 1),
    write('b', 2, 20),
    read('b', 3, 4),
    read('a', 5, 6),
  ],
  'an unknown write is read before it was asked for': [read('a', 0, 1), write('a', 2, null)],
  'an unknown write is undone': [write('a', 0, 1), write('b', 2, null), read('b', 10, 11), read('a', 12, 13)],
};

for (const [name, history] of Object.entries(good)) test(`${name}: linearizable`, () => assert.ok(isGood(history)));
for (const [name, history] of Object.entries(bad)) test(`${name}: not linearizable`, () => assert.ok(!isGood(history)));

/** Operations of eight clients on a register that is real: each takes effect at an instant within its span. */
function realHistory(seed: number, count: number): LoggedOperation[] {
  const random = createRandom(seed);
  const planned = Array.from({ length: count }, (_, index) => {
    const startedNs = index * 10 + random.below(40);
    const atNs = startedNs + 1 + random.below(60);
    return {
      index,
      startedNs,
      atNs,
      endedNs: atNs + 1 + random.below(60),
      isWrite: random.below(2) === 0,
      isUnknown: random.below(20) === 0,
    };
  });
  let value: string | null = null;
  const history: LoggedOperation[] = [];
  for (const one of planned.sort((a, b) => a.atNs - b.atNs)) {
    if (one.isWrite) {
      value = `v${one.index}`;
      history.push(write(value, one.startedNs, one.isUnknown ? null : one.endedNs));
    } else history.push(read(value, one.startedNs, one.endedNs));
  }
  return history;
}

test('long histories of a real register are linearizable, and one stale read in them is found', () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const history = realHistory(seed, 300);
    assert.ok(isGood(history), `seed ${seed}`);
    const last = Math.max(...history.map(({ endedNs }) => endedNs ?? 0));
    const firstWritten = history.find(({ kind, endedNs }) => kind === 'write' && endedNs !== null)?.value ?? null;
    assert.ok(
      !isGood([...history, write('end', last + 1, last + 2), read(firstWritten, last + 3, last + 4)]),
      `seed ${seed}`,
    );
  }
});

test('what cannot be ordered is named', () => {
  const result = linearize([write('a', 0, 1), read('ghost', 2, 3)]);
  assert.ok(result.status === 'not-linearizable');
  assert.deepEqual(result.stuckAt, [read('ghost', 2, 3)]);
});
