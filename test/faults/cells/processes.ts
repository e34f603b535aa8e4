import { join } from 'node:path';
import { echoRun, fixturesDir, writeImplementation } from '../../support/paceline.ts';
import type { Cell } from '../cell.ts';
import { at, cell, crud, echo, fixture } from '../commands.ts';
import {
  generatorWords,
  killChild,
  killDatabase,
  pause,
  pauseChild,
  pauseDatabase,
  signal,
  targetWords,
} from '../strikes.ts';

/** The server starts another, or the trial fails: either way the run ends by itself. */
const struckChild = {
  command: crud('crud-node-processes'),
  exitCodes: [0, 1, 3],
  words: /\[1\/1\]/,
  keptTrialCount: 1,
} as const;

/** A target killed fails its trial; the run goes on to the next. */
const killedTargets = (['start', 'idle', 'warm-up', 'window', 'drain'] as const).map((when) =>
  cell('target', 'killed', when, {
    command: (space) => echo(space, '--warmup', '40', '--duration', '1'),
    at: at(when),
    strike: signal(targetWords, 'SIGKILL'),
    exitCodes: [0, 3],
    words: /target-died|ended (by itself|before it was ready|unexpectedly).*SIGKILL/,
    keptTrialCount: 2,
  }),
);
const pausedTargets = (['idle', 'warm-up', 'window', 'drain', 'stop'] as const).map((when) =>
  cell('target', 'stopped and continued', when, {
    command: (space) => echo(space, '--warmup', '40', '--duration', '1'),
    at: at(when),
    strike: pause(targetWords, 400),
    exitCodes: [0, 3],
    words: /\[2\/2\]/,
    keptTrialCount: 2,
  }),
);

export const targets: readonly Cell[] = [
  ...killedTargets,
  ...pausedTargets,
  cell('target', 'stopped for good', 'window', {
    command: (space) => echo(space, '--duration', '1'),
    at: at('window'),
    strike: signal(targetWords, 'SIGSTOP'),
    exitCodes: [0, 3],
    words: /still running \d+ ms after SIGTERM: killed|overloaded/,
    keptTrialCount: 2,
  }),
  cell('target', 'stopped for good', 'stop', {
    command: (space) => echo(space),
    at: at('drain'),
    strike: signal(targetWords, 'SIGSTOP'),
    exitCodes: [0, 3],
    words: /still running \d+ ms after SIGTERM: killed/,
    keptTrialCount: 2,
  }),
  cell('target', 'slow', 'start', {
    command: fixture('never-ready-later'),
    exitCodes: [3],
    words: /did not answer 200 within 30 s \(last: status 503\)/,
    keptTrialCount: 1,
  }),
  cell('target', 'slow', 'conform', {
    command: fixture('never-ready'),
    exitCodes: [1],
    words: /did not answer 200 within 30 s/,
    keptTrialCount: null,
  }),
  cell('target', 'slow', 'window', {
    command: fixture('hang-later'),
    exitCodes: [0, 3],
    words: /overloaded|invalid/,
    keptTrialCount: 1,
  }),
  cell('target', 'slow', 'stop', {
    command: fixture('deaf-later'),
    exitCodes: [3],
    words: /still running \d+ ms after SIGTERM: killed/,
    keptTrialCount: 1,
  }),
  cell('target', 'lying', 'conform', {
    command: fixture('wrong'),
    exitCodes: [1],
    words: /conformance failed: .*expected body/,
    keptTrialCount: null,
  }),
  cell('target', 'lying', 'window', {
    command: fixture('wrong-later'),
    exitCodes: [1],
    words: /\d+ wrong answers: \d+ × /,
    keptTrialCount: 1,
  }),
  cell('target', 'out of memory at its limit', 'window', {
    command: fixture('leaky', '--limit', 'memory=100MiB'),
    exitCodes: [3],
    words: /SIGKILL.*out of memory.*100 MiB/,
    keptTrialCount: 1,
  }),
  cell('target', 'out of memory at its limit', 'start', {
    command: (space) => echo(space, '--limit', 'memory=16MiB'),
    exitCodes: [3],
    words: /out of memory/,
    keptTrialCount: 2,
  }),
  cell('target', 'out of descriptors', 'conform', {
    command: async (space) => {
      const command = ['sh', '-c', 'ulimit -n 12; exec "$0" "$1"', '{node}', join(fixturesDir, 'echo', 'main.ts')];
      const impls = await writeImplementation(space.file('impls'), 'few-files', { command });
      return { args: [...echoRun(['few-files'], space.file('r.json')), '--impls', impls], env: space.env };
    },
    exitCodes: [1],
    words: /conformance failed: ended before it was ready/,
    keptTrialCount: null,
  }),
  cell('target', 'port taken', 'start', {
    command: fixture('port-taken-later'),
    exitCodes: [3],
    words: /EADDRINUSE|ended before it was ready/,
    keptTrialCount: 1,
  }),
  ...(['idle', 'window'] as const).map((when) =>
    cell("target's child", 'killed', when, { ...struckChild, at: at(when), strike: killChild }),
  ),
  cell("target's child", 'stopped and continued', 'window', { ...struckChild, at: at('window'), strike: pauseChild }),
];

export const databases: readonly Cell[] = [
  ...(['copy', 'start', 'idle', 'warm-up', 'window', 'drain'] as const).map((when) =>
    cell('database', 'killed', when, {
      command: crud('crud-node-async', '--trials', '2'),
      at: at(when),
      strike: killDatabase,
      exitCodes: [0, 3],
      words: /the database server was lost: starting another/,
      keptTrialCount: 2,
    }),
  ),
  cell('database', 'killed', 'conform', {
    command: crud('crud-go'),
    at: { line: /^crud-go: checking/ },
    strike: killDatabase,
    exitCodes: [0, 3],
    words: /the database server was lost: starting another/,
    keptTrialCount: 1,
  }),
  ...(['copy', 'warm-up', 'window', 'drain'] as const).map((when) =>
    cell('database', 'stopped and continued', when, {
      command: crud(),
      at: at(when),
      strike: pauseDatabase,
      exitCodes: [0, 3],
      words: /\[1\/1\]/,
      keptTrialCount: 1,
    }),
  ),
  cell('database', 'network gone', 'start', {
    command: (space) => {
      const { args } = crud()(space);
      return { args, env: { ...space.env, DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/postgres' } };
    },
    exitCodes: [3],
    words: /DATABASE_URL \(someone@127\.0\.0\.1:1\) cannot be used: .*ECONNREFUSED/,
    keptTrialCount: null,
  }),
];

export const generators: readonly Cell[] = [
  ...(['warm-up', 'window'] as const).map((when) =>
    cell('generator', 'killed', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when),
      strike: signal(generatorWords, 'SIGKILL'),
      exitCodes: [0, 3],
      words: /the load generator's process ended unexpectedly by SIGKILL: its own fault, not the target's/,
      keptTrialCount: 2,
    }),
  ),
  ...(['warm-up', 'window', 'drain'] as const).map((when) =>
    cell('generator', 'stopped and continued', when, {
      command: (space) => echo(space, '--warmup', '40', '--duration', '2'),
      at: at(when),
      strike: pause(generatorWords, 600),
      exitCodes: [0, 3],
      words: /\[2\/2\]/,
      keptTrialCount: 2,
    }),
  ),
];
