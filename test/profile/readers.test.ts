import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byFunction, sampledMs } from '../../src/profile/by-function.ts';
import { readCollapsed } from '../../src/profile/collapsed.ts';
import { readCpuProfile } from '../../src/profile/cpuprofile.ts';
import { readPprof, writePprof } from '../../src/profile/pprof.ts';
import type { Stack } from '../../src/profile/stacks.ts';

const root = '/checkout';
const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });

/** serve calls busy; each sample lasts one millisecond, the first from 1,000 µs on. */
const cpuProfile = JSON.stringify({
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 4] },
    { id: 2, callFrame: frame('serve', 'file:///checkout/impls/a/main.ts'), children: [3] },
    { id: 3, callFrame: frame('busy', 'file:///elsewhere/node_modules/pkg/index.js') },
    { id: 4, callFrame: frame('(idle)') },
  ],
  startTime: 1_000,
  samples: [3, 3, 2, 4, 3],
  timeDeltas: [0, 1_000, 1_000, 1_000, 1_000],
});

test('a .cpuprofile is read within the window alone, without waiting, with files as every checkout names them', () => {
  const stacks = readCpuProfile(cpuProfile, { fromNs: 1.5e6, toNs: 10e6 }, root);
  assert.deepEqual(byFunction(stacks, 1_000), [
    { name: 'busy', file: 'node_modules/pkg/index.js', selfMs: 1.5, totalMs: 1.5 },
    { name: 'serve', file: 'impls/a/main.ts', selfMs: 1, totalMs: 2.5 },
  ]);
});

test('a .cpuprofile without samples is said to be none', () => {
  assert.throws(() => readCpuProfile('{"nodes":[]}', { fromNs: 0, toNs: 1 }, root), /has no samples/);
});

test('collapsed stacks are read with the innermost last, without processes', () => {
  const text = [
    'process 12:"python -m app (x)";serve (app/main.py);busy (/checkout/impls/b/app.py:3) 4',
    'process 12:"python -m app (x)";serve (app/main.py) 2',
    '',
    'no count',
  ].join('\n');
  const stacks = readCollapsed(text, root);
  assert.equal(sampledMs(stacks), 30);
  assert.deepEqual(stacks[0]?.frames, [
    { name: 'busy', file: 'impls/b/app.py' },
    { name: 'serve', file: 'app/main.py' },
  ]);
});

test('what is written for pprof is read as it was', () => {
  const serve = { name: 'main.serve', file: 'main.go' };
  const stacks: Stack[] = [
    { frames: [{ name: 'main.busy', file: 'main.go' }, serve], ms: 12.5 },
    { frames: [serve], ms: 2 },
    { frames: [{ name: '(garbage collector)', file: null }], ms: 1 },
  ];
  assert.deepEqual(readPprof(writePprof(stacks), root), stacks);
});

test('a function that calls itself counts once, and what is below a thousandth is left out', () => {
  const again = { name: 'again', file: null };
  const stacks: Stack[] = [
    { frames: [again, again, again], ms: 10 },
    { frames: [{ name: 'rare', file: null }], ms: 0.005 },
  ];
  assert.deepEqual(byFunction(stacks, 100), [{ ...again, selfMs: 100, totalMs: 100 }]);
});
