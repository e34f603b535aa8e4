import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { echoRun, type Workspace, writeImplementation } from '../../support/paceline.ts';
import type { Cell } from '../cell.ts';
import { at, cell, crud, echo } from '../commands.ts';

/** A small file system of its own below the workspace; the test's end takes it away. */
function mountSmall(space: Workspace, size: string): string {
  const disk = space.file('disk');
  mkdirSync(disk, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=1777`, 'tmpfs', disk]);
  return disk;
}

function fill(disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
}

export const disks: readonly Cell[] = [
  cell('disk', 'full', 'write', {
    command: (space) => {
      const out = join(mountSmall(space, '1m'), 'r.json');
      return { args: echoRun(['echo'], out, '--verbose', '--trials', '2'), env: space.env };
    },
    at: at('idle', 2),
    strike: (_, space) => fill(space.file('disk')),
    exitCodes: [3],
    words: /no room left to write .*r\.json\nRemedy: free some space/,
    keptTrialCount: null,
    needsRoot: true,
  }),
  cell('disk', 'full', 'copy', {
    command: (space) => {
      const disk = mountSmall(space, '120m');
      return { ...crud()(space), env: { ...space.env, TMPDIR: disk } };
    },
    exitCodes: [3],
    words: /No space left on device[\s\S]*Remedy: free at least/,
    keptTrialCount: null,
    needsRoot: true,
  }),
  cell('disk', 'full', 'start', {
    command: (space) => {
      const cache = join(mountSmall(space, '1m'), 'cache');
      return { ...echo(space), env: { ...space.env, PACELINE_CACHE_DIR: cache } };
    },
    at: at('idle'),
    strike: (_, space) => fill(space.file('disk')),
    exitCodes: [3],
    words: /the disk is full: .*\nRemedy: free some space/,
    keptTrialCount: 0,
    needsRoot: true,
  }),
  cell('disk', 'full', 'build', {
    command: async (space) => {
      const disk = mountSmall(space, '1m');
      const build = [['sh', '-c', 'head -c 4000000 /dev/zero > {build}/big']];
      const impls = await writeImplementation(space.file('impls'), 'big-build', { build });
      const env = { ...space.env, PACELINE_CACHE_DIR: join(disk, 'cache') };
      return { args: [...echoRun(['big-build'], space.file('r.json')), '--impls', impls], env };
    },
    exitCodes: [3],
    words: /No space left on device|disk is full/,
    keptTrialCount: null,
    needsRoot: true,
  }),
  cell('disk', 'full', 'report', {
    command: (space) => {
      const disk = mountSmall(space, '64k');
      const stored = join(import.meta.dirname, '../../fixtures/results');
      const [name = ''] = readdirSync(stored).filter((one) => one.endsWith('.json'));
      cpSync(join(stored, name), space.file('stored.json'));
      return { args: ['report', space.file('stored.json'), '--out', join(disk, 'page.html')], env: space.env };
    },
    exitCodes: [3],
    words: /no room left to write .*page\.html\nRemedy: free some space/,
    keptTrialCount: null,
    needsRoot: true,
  }),
];

export const machines: readonly Cell[] = [
  ...(['start', 'window'] as const).map((when) =>
    cell('machine', 'clock stepped', when, {
      command: (space) => {
        const preload = space.file('step.mjs');
        writeFileSync(preload, clockStep(when === 'start' ? 3_000 : 6_000));
        return { ...echo(space, '--duration', '2'), program: [process.execPath, '--import', preload] };
      },
      exitCodes: [0, 3],
      words: /\[2\/2\]/,
      keptTrialCount: 2,
    }),
  ),
  cell('machine', 'network gone', 'start', {
    command: (space) => ({ ...echo(space), program: ['unshare', '--net', process.execPath] }),
    exitCodes: [3],
    words: /this machine cannot reach itself at 127\.0\.0\.1: [\s\S]*Remedy: /,
    keptTrialCount: null,
    needsRoot: true,
  }),
];

/** The wall clock goes back by an hour some time after the start, as a bad time server does it. */
function clockStep(afterMs: number): string {
  return `const real = Date.now; const from = performance.now();
const shifted = () => real() - (performance.now() - from > ${afterMs} ? 3_600_000 : 0);
Date.now = shifted;
globalThis.Date = class extends Date { constructor(...args) { args.length === 0 ? super(shifted()) : super(...args); } static now() { return shifted(); } };`;
}
