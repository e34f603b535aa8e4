import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sliceBiases } from '../../../experiments/resolution/biases.ts';
import { warmingCurves } from '../../../experiments/resolution/convergence.ts';
import { sliceDesigns, trialDesigns } from '../../../experiments/resolution/figures.ts';
import {
  type Header,
  openRecording,
  type RoundLine,
  readRecording,
  type Stretch,
  type TrialLine,
} from '../../../experiments/resolution/recording.ts';

const header: Header = {
  ...{ kind: 'header', formatVersion: 1, mode: 'slices', workload: 'history', implementations: ['a', 'b'] },
  parameters: { ratePerSec: 100, warmupCount: 10, sliceMs: 1_000, gapMs: 50 },
  machine: {
    ...{ id: 'm', cpuModel: 'c', coreCount: 2, memoryBytes: 1, kernel: 'k', hypervisor: null },
    systemSettings: {},
  },
};

const trial: TrialLine = {
  ...{ kind: 'trial', session: 0, round: 0, implementation: 'a', ratePerSec: 100, warmupCount: 10 },
  ...{ warmupRatePerSec: 500, status: 'ok', startedAt: '2026-11-30T00:00:00Z', wallMs: 7_000, slowdownFactor: 1 },
  ...{ warmupConverged: true, responseP50Ms: 1, sentCount: 400, atMs: [0, 1_000, 2_000, 3_000, 4_000] },
  ...{ targetMs: [0, 100, 210, 300, 400], generatorMs: [0, 50, 100, 150, 200], databaseMs: [] },
};

/** b costs twice as much; in its first slice 10 % more; a does 2 ms of work while others are driven. */
function round(number: number): RoundLine {
  const stretch = (place: Pick<Stretch, 'kind' | 'driven' | 'rotation'>, targetMs: number[]): Stretch => ({
    ...{ ...place, isAlone: false, lengthMs: 1_000, sentCount: place.kind === 'slice' ? 100 : 0, targetMs },
    ...{ generatorMs: 40, databaseMs: 50, quarter: null },
  });
  const slice = (driven: number, rotation: number, targetMs: number[]) =>
    stretch({ kind: 'slice', driven, rotation }, targetMs);
  const rest = stretch({ kind: 'rest', driven: null, rotation: null }, [1, 0]);
  const block = (driven: number) => {
    const costs = driven === 0 ? [110, 0] : [3, 230];
    return { ...stretch({ kind: 'block', driven, rotation: null }, costs), sentCount: 100 };
  };
  const slices = [slice(0, 0, [100, 0]), slice(1, 0, [3, 220]), slice(1, 1, [3, 200]), slice(0, 1, [100, 0])];
  return {
    ...{ kind: 'round', session: 0, round: number, startedAt: '2026-11-30T00:00:00Z', wallMs: 12_000 },
    ...{ implementations: ['a', 'b'], slowdownFactor: 1, warmupCosts: [] },
    stretches: [rest, ...slices, rest, ...[0, 1].flatMap((driven) => [block(driven), block(driven)])],
  };
}

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-recording-'));
  try {
    await use(join(folder, 'one.jsonl.gz'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a recording is taken up where it ended, and read as it was written', () =>
  inFolder(async (path) => {
    await (await openRecording(path, header)).add([round(0)]);
    const again = await openRecording(path, header);
    assert.equal(again.recording.rounds.length, 1);
    await again.add([round(1), trial]);
    const { rounds, trials } = await readRecording(path);
    assert.deepEqual(rounds, [round(0), round(1)]);
    assert.deepEqual(trials, [trial]);
  }));

test('a recording of something else is not added to', () =>
  inFolder(async (path) => {
    await (await openRecording(path, header)).add([round(0)]);
    const other = { ...header, parameters: { ...header.parameters, ratePerSec: 400 } };
    await assert.rejects(openRecording(path, other), /recorded with another parameters/);
    const elsewhere = { ...header, machine: { ...header.machine, id: 'n' } };
    await assert.rejects(openRecording(path, elsewhere), /recorded with another machine/);
  }));

test('a file that is cut off or none is refused by name', () =>
  inFolder(async (path) => {
    await (await openRecording(path, header)).add([round(0)]);
    await writeFile(path, (await readFile(path)).subarray(0, 60));
    await assert.rejects(readRecording(path), /one\.jsonl\.gz is no recording/);
    await assert.rejects(readRecording(`${path}.absent`), /is no recording: ENOENT/);
  }));

test('a shorter window is the beginning of a recorded one, and takes less time', () => {
  const designs = trialDesigns([trial, { ...trial, status: 'invalid' }]);
  assert.deepEqual(
    designs.map(({ secondsPerStart }) => secondsPerStart),
    [5, 6, 7],
  );
  assert.equal(designs[0]?.figures.length, 1);
  assert.equal(designs[0]?.figures[0]?.targetMs, 1.05);
  assert.equal(designs[2]?.figures[0]?.targetMs, 1);
});

test('the reading that closes a window is no second of it', () => {
  const closing = {
    ...trial,
    atMs: [0.5, 999, 1_999, 2_006],
    ...{ targetMs: [0, 100, 210, 210], generatorMs: [0, 50, 100, 101], databaseMs: [] },
  };
  assert.deepEqual(
    trialDesigns([closing]).map(({ label }) => label.replace(/.*, /, '')),
    ['window 2 s'],
  );
  const cold = { ...closing, warmupCount: 0 };
  assert.deepEqual(warmingCurves([cold], 100)[0]?.targetMs, [1, 1.1]);
});

test('slices of one start are one figure', () => {
  const [design, unbroken] = sliceDesigns([round(0), round(1)], header.parameters as Record<string, number>);
  assert.deepEqual(
    design?.figures.map(({ targetMs }) => targetMs),
    [1, 2.1, 1, 2.1],
  );
  // 12 s less eight driven seconds, by two; and two slices with their gaps.
  assert.equal(design?.secondsPerStart, 2 + 2.1);
  assert.equal(unbroken?.label, 'the same starts, 100/s, unbroken 2 s');
  assert.deepEqual(
    unbroken?.figures.map(({ targetMs }) => targetMs),
    [1.1, 2.3, 1.1, 2.3],
  );
});

test('biases are found where they were put', () => {
  const biases = sliceBiases([round(0), round(1)]);
  const of = (what: string, implementation: string) =>
    biases.find((bias) => bias.what.startsWith(what) && bias.implementation === implementation)?.estimate?.value;
  assert.equal(of('CPU while others', 'a')?.toFixed(4), (4 / 200).toFixed(4));
  assert.equal(of('CPU while others', 'b')?.toFixed(4), '0.0000');
  assert.equal(of('last slices', 'b')?.toFixed(4), Math.log(200 / 220).toFixed(4));
  assert.equal(of('CPU at rest after', 'a')?.toFixed(2), '1.00');
});
