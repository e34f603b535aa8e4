import { writeFileSync } from 'node:fs';
import { echoRun, type Workspace, writeImplementation } from '../support/paceline.ts';
import { scratchRepository, writeEcho } from '../support/scratch-repository.ts';
import type { Cell, Command, Fault, Moment, Subject } from './cell.ts';

/* What the cells run, and when they are struck. */

export const cell = (who: Subject, what: Fault, when: Moment, rest: Omit<Cell, 'who' | 'what' | 'when'>): Cell => ({
  who,
  what,
  when,
  ...rest,
});

/** Two trials, of which the first or the second is struck. */
export const echo = (space: Workspace, ...more: readonly string[]): Command => ({
  args: echoRun(['echo'], space.file('r.json'), '--verbose', '--trials', '2', ...more),
  env: space.env,
});
export const fixture =
  (id: string, ...more: readonly string[]) =>
  (space: Workspace): Command => ({
    args: echoRun([id], space.file('r.json'), '--verbose', '--duration', '2', '--warmup', '20', ...more),
    env: space.env,
  });
export const crud =
  (id = 'crud-node-async', ...more: readonly string[]) =>
  (space: Workspace): Command => {
    const size = ['--attempts', '1', '--no-report', '--verbose', '--out', space.file('r.json')];
    return { args: ['run', 'smoke', '--impl', id, ...size, ...more], env: space.env };
  };
export const slowBuild = async (space: Workspace): Promise<Command> => {
  const build = [['sh', '-c', 'sleep 600 & sleep 600; true']];
  const impls = await writeImplementation(space.file('impls'), 'slow-build', { build });
  return { args: [...echoRun(['slow-build'], space.file('r.json')), '--impls', impls], env: space.env };
};

const phaseOf: Partial<Record<Moment, string>> = {
  copy: 'copy-database',
  start: 'start',
  idle: 'idle',
  'warm-up': 'warm-up',
  window: 'measure',
  drain: 'after-load',
  stop: 'stop',
};
/** The line that --verbose writes as the moment begins. */
export const at = (when: Moment, nth = 1) => ({ line: new RegExp(`^  ${phaseOf[when]}$`), nth });

const hasty = `export const gate = {
  alpha: 0.25, informativeAlpha: 0.01, intervalLevelRatio: 0.7, informativeMinEffectRatio: 0.5, primary: {},
  metrics: { 'cpu-per-request': { minEffectRatio: 0.5, control: null } },
  errors: { minMoreCount: 3, alpha: 0.01 },
};`;

export async function gate(space: Workspace, headBuild: readonly (readonly string[])[]): Promise<Command> {
  writeFileSync(space.file('gate.ts'), hasty);
  const repository = await scratchRepository(space.file('repo'));
  await writeEcho(repository, 'echo-a');
  repository.commit('first');
  await writeEcho(repository, 'echo-a', { burnMs: 15, build: headBuild.map((words) => [...words]) });
  repository.commit('slower');
  const size = ['--pairs', '3', '--duration', '0.5', '--scenario', 'known-answers', '--policy', space.file('gate.ts')];
  const args = ['ci', '--repo', repository.dir, '--base', 'HEAD~1', '--out', space.file('results'), ...size];
  return { args, env: { ...space.env, GITHUB_BASE_REF: '' } };
}
