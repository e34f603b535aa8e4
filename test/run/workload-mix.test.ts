import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workload as history } from '../../bench/crud/workloads/history.ts';
import type { Operation, Workload } from '../../src/model/workload.ts';
import { drawMix } from '../../src/run/workload-mix.ts';

function operation(name: string, body: Uint8Array | null): Operation {
  const request = { method: 'POST', path: '/p', headers: { a: 'b' }, body } as const;
  return { name, request, check: () => null, abandon() {} };
}

/** Answers `next` from a list, over and over. */
function listed(mix: Workload['mix'], drawn: readonly (Operation | null)[]): Workload {
  let at = 0;
  return {
    id: 'listed',
    service: 'none',
    version: 1,
    description: '',
    mix,
    fixedRatePerSec: null,
    open: () => ({
      next: () => drawn[at++ % drawn.length] ?? null,
      streams: [{ method: 'GET', path: '/events', headers: {}, body: null }],
      onEvent: () => null,
      acknowledged: () => ({ createdCount: 0, deletedCount: 0, uncertainCount: 0 }),
    }),
  };
}

test('draws are counted by operation, with their bytes and both ratios; nothing free is unsent', () => {
  const small = operation('small', null);
  const large = operation('large', new Uint8Array(100));
  const headBytes = 'POST /p HTTP/1.1\r\na: b\r\n'.length;
  assert.deepEqual(
    drawMix(listed({ small: 3, large: 1, never: 1 }, [small, small, large, null]), { seed: 1, count: 8 }),
    {
      lines: [
        { operation: 'small', drawnCount: 4, drawnRatio: 0.5, declaredRatio: 0.6, sentBytes: 4 * headBytes },
        { operation: 'large', drawnCount: 2, drawnRatio: 0.25, declaredRatio: 0.2, sentBytes: 2 * (headBytes + 100) },
        { operation: 'never', drawnCount: 0, drawnRatio: 0, declaredRatio: 0.2, sentBytes: 0 },
      ],
      unsentCount: 2,
      sentBytes: 6 * headBytes + 200,
      streamCount: 1,
    },
  );
});

test('an operation that the mix does not name is a mistake of the workload', () => {
  assert.throws(() => drawMix(listed({ small: 1 }, [operation('other', null)]), { seed: 1, count: 1 }), /other/);
});

test('the first 1,000 draws of `history` are within five standard errors of its weights', () => {
  const { lines, unsentCount } = drawMix(history, { seed: 20_260_101, count: 1_000 });
  assert.equal(unsentCount, 0);
  for (const { operation: name, drawnRatio, declaredRatio } of lines) {
    const error = Math.sqrt((declaredRatio * (1 - declaredRatio)) / 1_000);
    assert.ok(Math.abs(drawnRatio - declaredRatio) < 5 * error, `${name}: ${drawnRatio} instead of ${declaredRatio}`);
  }
});
