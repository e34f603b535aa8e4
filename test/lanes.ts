import { globSync } from 'node:fs';

/**
 * How test files share the machine. A file names its lane in a line of its own, `// test-lane: waits`; without one it is a unit test.
 * A core is two halves: what mostly waits takes one of them, and what judges time on quiet cores gets them all.
 */
export interface Lane {
  readonly id: string;
  readonly what: string;
  /** Halves of a core that a file of this lane takes; null: all there are, so nothing runs beside it. */
  readonly halfCores: number | null;
}

/** In the order in which they are started: what takes longest first, what must be alone last. */
export const lanes: readonly Lane[] = [
  { id: 'busy', what: 'compiles, checks or starts much: a core of its own', halfCores: 2 },
  { id: 'waits', what: 'starts processes or listens, and mostly waits', halfCores: 1 },
  { id: 'unit', what: 'pure: starts nothing, waits for nothing', halfCores: 2 },
  { id: 'alone', what: 'measures time or noise: nothing runs beside it', halfCores: null },
];

/** What is too long for `npm test`. */
export interface Part {
  readonly id: string;
  readonly what: string;
  /** Ended and failed after so long; all together at most 75. */
  readonly limitMinutes: number;
  /** Run one after the other, the first word by this Node. None: the test files that name the part as their lane. */
  readonly commands: readonly (readonly string[])[];
  readonly env: Readonly<Record<string, string>>;
}

/** `npm run test:all` runs these, or one by `--only`. */
export const parts: readonly Part[] = [
  { id: 'tests', what: 'what npm test runs', limitMinutes: 8, commands: [['test/run-tests.ts']], env: {} },
  { id: 'rare', what: 'test files that take long to prove something rare', limitMinutes: 13, commands: [], env: {} },
  {
    id: 'raft',
    what: 'simulated clusters by the thousand; every fault put into the core is noticed by a transcript and by a rule',
    limitMinutes: 6,
    commands: [['experiments/raft/simulator/cli.ts', '--seeds', '30000'], ['experiments/raft/mutants/cli.ts']],
    env: {},
  },
  {
    id: 'fuzz',
    what: 'HTTP answers, files and repositories damaged at random, twenty times as many',
    limitMinutes: 4,
    commands: [['test/run-tests.ts', 'response-fuzz', 'test/readers']],
    env: { PACELINE_FUZZ_FACTOR: '20' },
  },
  {
    id: 'bytes',
    what: 'odd and valid requests to all crud implementations: do they answer alike?',
    limitMinutes: 4,
    commands: [['bin/paceline.mjs', 'fuzz', '--requests', '4000', '--seed', '5']],
    env: {},
  },
  {
    id: 'services',
    what: 'the package installed elsewhere, and services that no one here wrote',
    limitMinutes: 7,
    commands: [],
    env: {},
  },
  {
    id: 'runtimes',
    what: 'the whole contract, asked of every implementation in Bun and Deno, which are installed',
    limitMinutes: 8,
    commands: [
      ['bin/paceline.mjs', 'conform', 'crud-bun*', 'crud-deno*'],
      ['bin/paceline.mjs', 'conform', 'raft-bun-*', 'raft-deno-*', 'primitives-bun', 'primitives-deno'],
    ],
    env: {},
  },
  {
    id: 'k6',
    what: 'an exported script under the real k6, built once, by one instance and by three',
    limitMinutes: 3,
    commands: [],
    env: {},
  },
  {
    id: 'languages',
    what: 'test files that lint, compile and test Rust, Java and the Go of experiments',
    limitMinutes: 5,
    commands: [],
    env: {},
  },
  {
    id: 'faults',
    what: 'one fault at one moment: the matrix of docs/faults.md',
    limitMinutes: 11,
    commands: [],
    env: {},
  },
  {
    id: 'questions',
    what: 'each question, asked of targets whose answers are known',
    limitMinutes: 6,
    commands: [],
    env: {},
  },
];

/** @throws Error where the file names a lane that is none */
export function laneOf(path: string, text: string): string {
  const id = /^\/\/ test-lane: (.*)$/m.exec(text)?.[1] ?? 'unit';
  const known = [...lanes, ...parts.filter(({ commands }) => commands.length === 0)].map((one) => one.id);
  if (!known.includes(id)) throw new Error(`${path}: no lane is called "${id}"; there are ${known.join(', ')}`);
  return id;
}

/** Below the checkout. */
export function testPaths(root: string): readonly string[] {
  return globSync('{test,experiments}/**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**'] }).sort();
}

/**
 * Lane by lane, and in each the longest first, so that all cores are busy to the end. Of files without seconds, which are short or
 * new, the longest text comes first.
 */
export function inStartOrder<File extends { readonly path: string; readonly lane: string; readonly bytes: number }>(
  files: readonly File[],
  wallSeconds: Readonly<Record<string, number>>,
): readonly File[] {
  const rank = ({ lane }: File) => lanes.findIndex(({ id }) => id === lane);
  const seconds = ({ path }: File) => wallSeconds[path] ?? 0;
  return [...files].sort(
    (one, other) => rank(one) - rank(other) || seconds(other) - seconds(one) || other.bytes - one.bytes,
  );
}

/** What test/wall-seconds.json says after a run of some files: the longest first; short ones and those that are gone are left out. */
export function wallSecondsAfter(
  before: Readonly<Record<string, number>>,
  measured: Readonly<Record<string, number>>,
  paths: readonly string[],
): Readonly<Record<string, number>> {
  const rounded = Object.entries({ ...before, ...measured }).map(
    ([path, seconds]) => [path, Math.round(seconds)] as const,
  );
  const kept = rounded.filter(([path, seconds]) => seconds >= 2 && paths.includes(path));
  return Object.fromEntries(kept.sort(([, one], [, other]) => other - one));
}
