import type { RunningPaceline } from '../../support/paceline.ts';
import type { Cell } from '../cell.ts';
import { at, cell, crud, echo, gate, slowBuild } from '../commands.ts';
import { killHarness, killHarnessInBuild, pauseHarness } from '../strikes.ts';

const harnessMoments = ['start', 'idle', 'warm-up', 'window', 'drain', 'stop'] as const;
export const harnesses: readonly Cell[] = [
  ...harnessMoments.flatMap((when) => [
    cell('harness', 'interrupted (SIGINT)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => running.signal('SIGINT'),
      exitCodes: [130],
      words: /interrupted by SIGINT; everything was cleaned up/,
      keptTrialCount: 1,
    }),
    cell('harness', 'ended (SIGTERM)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => running.signal('SIGTERM'),
      exitCodes: [143],
      words: /interrupted by SIGTERM; everything was cleaned up/,
      keptTrialCount: 1,
    }),
    cell('harness', 'killed', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: killHarness,
      exitCodes: [null],
      words: /\[1\/2\]/,
      keptTrialCount: 1,
      isCleanedByNextRun: true,
    }),
  ]),
  ...(['idle', 'window', 'stop'] as const).map((when) =>
    cell('harness', 'stopped and continued', when, {
      command: (space) => echo(space),
      at: at(when),
      strike: pauseHarness,
      exitCodes: [0, 3],
      words: /\[2\/2\]/,
      keptTrialCount: 2,
    }),
  ),
  cell('harness', 'interrupted (SIGINT)', 'build', {
    command: slowBuild,
    at: { line: /slow-build: sh -c/ },
    strike: (running) => running.signal('SIGINT'),
    exitCodes: [130],
    words: /interrupted by SIGINT; everything was cleaned up/,
    keptTrialCount: null,
  }),
  cell('harness', 'ended (SIGTERM)', 'build', {
    command: slowBuild,
    at: { line: /slow-build: sh -c/ },
    strike: (running) => running.signal('SIGTERM'),
    exitCodes: [143],
    words: /interrupted by SIGTERM; everything was cleaned up/,
    keptTrialCount: null,
  }),
  cell('harness', 'killed', 'build', {
    command: slowBuild,
    at: { line: /slow-build: sh -c/ },
    strike: killHarnessInBuild,
    exitCodes: [null],
    words: /slow-build/,
    keptTrialCount: null,
    isCleanedByNextRun: true,
  }),
  cell('harness', 'killed', 'copy', {
    command: crud(),
    at: at('copy'),
    strike: killHarness,
    exitCodes: [null],
    words: /copy-database/,
    keptTrialCount: 0,
    isCleanedByNextRun: true,
  }),
  cell('harness', 'interrupted (SIGINT)', 'copy', {
    command: crud(),
    at: at('copy'),
    strike: (running) => running.signal('SIGINT'),
    exitCodes: [130],
    words: /copy-database/,
    keptTrialCount: 0,
  }),
  cell('harness', 'interrupted (SIGINT)', 'conform', {
    command: crud(),
    at: { line: /^crud-node-async: checking/ },
    strike: (running) => running.signal('SIGINT'),
    exitCodes: [130],
    words: /interrupted by SIGINT; everything was cleaned up/,
    keptTrialCount: null,
  }),
  cell('harness', 'out of descriptors', 'start', {
    command: (space) => ({ ...echo(space), program: ['sh', '-c', 'ulimit -n 24; exec "$@"', 'sh', process.execPath] }),
    exitCodes: [3],
    words: /only 24 files may be open at once here.*\nRemedy: .*ulimit -n/,
    keptTrialCount: null,
  }),
];

export const ends = [
  ...(['window', 'warm-up'] as const).flatMap((when) => [
    cell('terminal', 'closed (SIGHUP)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => process.kill(-running.pid, 'SIGHUP'),
      exitCodes: [129],
      words: /\[1\/2\]/,
      keptTrialCount: 1,
    }),
    cell('terminal', 'interrupted (SIGINT)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => running.interrupt(),
      exitCodes: [130],
      words: /interrupted by SIGINT; everything was cleaned up/,
      keptTrialCount: 1,
    }),
  ]),
  ...(['killed', 'ended (SIGTERM)'] as const).map((what) =>
    cell('npm parent', what, 'window', {
      command: (space) => ({ ...echo(space, '--duration', '4'), program: ['npm', 'run', 'bench', '--'] }),
      at: at('window', 2),
      strike: (running) => running.signal(what === 'killed' ? 'SIGKILL' : 'SIGTERM'),
      exitCodes: what === 'killed' ? [null] : [143, null],
      words: /\[1\/2\]/,
      keptTrialCount: 1,
    }),
  ),
];

export const gates: readonly Cell[] = (
  [
    ['interrupted (SIGINT)', (running: RunningPaceline) => running.signal('SIGINT'), [130], false],
    ['ended (SIGTERM)', (running: RunningPaceline) => running.signal('SIGTERM'), [143], false],
    ['killed', killHarnessInBuild, [null], true],
  ] as const
).map(([what, strike, exitCodes, isCleanedByNextRun]) =>
  cell('harness', what, 'ci build', {
    command: (space) => gate(space, [['sh', '-c', 'sleep 600']]),
    at: { line: /sh -c sleep 600/ },
    strike,
    exitCodes,
    words: /echo-a/,
    keptTrialCount: null,
    isCleanedByNextRun,
  }),
);
