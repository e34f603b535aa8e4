import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { guarded } from '../../src/cli/output.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { okTrial } from '../support/run-result.ts';

const second = { measureMs: 10_000, cpuPerRequestMs: 0.312, lastSecondP50Ms: 0.6, responseP50Ms: 0.52 };

/** All that is written while a window is open for three seconds. */
function written(stream: { readonly isTTY: boolean; readonly columns?: number }): string {
  let text = '';
  const output = guarded({
    ...stream,
    write(more: string) {
      text += more;
    },
  });
  const progress = createProgress(output, { nowMs: () => 0, verbose: false });
  progress.onTrialStart(okTrial({}).spec, 60_000);
  progress.onPhase('measure');
  for (const elapsedMs of [1_000, 2_000, 3_000]) progress.onSecond?.({ ...second, elapsedMs, ratePerSec: 398.2 });
  progress.onPhase('stop');
  progress.end();
  return stripVTControlCharacters(text);
}

test('a terminal shows rate, CPU and p50 so far while a window is open, and no longer', () => {
  const text = written({ isTTY: true, columns: 200 });
  assert.match(text, /· measure · 398\/s, CPU 0\.31 ms, p50 0\.52 ms · 1 min 0 s left/);
  assert.match(text, /· stop · 1 min 0 s left/);
});

test('a narrow terminal gets the same line over several rows', () => {
  const rows = written({ isTTY: true, columns: 30 }).split('\n');
  assert.ok(rows.every((row) => row.length <= 2 * 30));
  assert.match(rows.join(' ').replaceAll(/\s+/g, ' '), /398\/s, CPU 0\.31/);
});

test('a pipe gets nothing of it', () => {
  assert.equal(written({ isTTY: false }), '');
});
