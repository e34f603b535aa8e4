// test-lane: rare
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { RunComparison } from '../../src/model/comparison.ts';
import { byFunction } from '../../src/profile/by-function.ts';
import { readPprof } from '../../src/profile/pprof.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import { fixturesDir, startPaceline, type Workspace, workspace } from '../support/paceline.ts';
import { scratchRepository, writeEcho } from '../support/scratch-repository.ts';

const v8 = { format: 'cpuprofile', runtimeArguments: ['--cpu-prof', '--cpu-prof-dir={profile}'] };
const short = ['--rate', '20', '--duration', '1', '--warmup', '4', '--attempts', '1'];
/** A verdict from few pairs: this is not about the statistics. */
const hasty = `export const gate = {
  alpha: 0.25, informativeAlpha: 0.01, intervalLevelRatio: 0.7, informativeMinEffectRatio: 0.5, primary: {},
  metrics: { 'cpu-per-request': { minEffectRatio: 0.5, control: null } },
  errors: { minMoreCount: 3, alpha: 0.01 },
};`;

/** Two commits, of which the newer one burns 15 ms of CPU for each request. */
async function slowerCommit(space: Workspace): Promise<string> {
  await writeFile(space.file('gate.ts'), hasty);
  const repository = await scratchRepository(space.file('repo'));
  await writeEcho(repository, 'echo-a', { profile: v8 });
  repository.commit('first');
  repository.git('checkout', '--quiet', '-b', 'work');
  await writeEcho(repository, 'echo-a', { profile: v8, burnMs: 15 });
  repository.commit('slower');
  return repository.dir;
}

test('a confirmed rise names the function that it came from, in the comparison, the comment, the page and the files', async (context) => {
  const space = await workspace(context);
  const repository = await slowerCommit(space);
  const [markdown, page, out] = ['c.md', 'c.html', 'results'].map((name) => space.file(name)) as [
    string,
    string,
    string,
  ];
  const running = startPaceline(
    [
      ...['ci', '--profile', '--repo', repository, '--policy', space.file('gate.ts'), '--out', out, '--pairs', '4'],
      ...['--scenario', 'known-answers', ...short, '--json', '--markdown', markdown, '--html', page],
    ],
    { ...space, env: { ...space.env, GITHUB_BASE_REF: '' } },
  );
  const finished = await running.finished;
  assert.equal(finished.exitCode, 1, finished.stderr);
  assert.deepEqual(leftovers(running.pid, space), []);
  const { profiles }: RunComparison = JSON.parse(finished.stdout);
  const [first] = profiles[0]?.rows ?? [];
  assert.deepEqual([first?.name, first?.file], ['burn', 'impls/echo-a/main.mjs']);
  // 15 ms of each of 1,000 requests, as sampled on a busy machine.
  assert.ok(first !== undefined && first.headSelfMs > 5_000 && first.baseSelfMs < 1_000, JSON.stringify(first));
  assert.match(await readFile(markdown, 'utf8'), /\| function \| file \|\n[-:| ]+\n\| \+[\d.,]+ \|.*\| burn \|/);
  assert.match(await readFile(page, 'utf8'), /<th scope="row">burn<\/th>/);
  const [machine = ''] = await readdir(out);
  const names = await readdir(join(out, machine));
  const head = names.find((name) => name.endsWith('-ci-head.json')) ?? '';
  const result = await readResult(join(out, machine, head));
  assert.equal(result.trials.length, 4);
  const [profile] = result.profiles;
  assert.ok(profile?.status === 'profiled' && profile.files.every((name) => names.includes(name)), names.join());
  assert.deepEqual(
    profile.files.map((name) => name.replace(/^.*\.profile-echo-a/, '')),
    ['.pb.gz', '-1.cpuprofile'],
  );
  const stacks = readPprof(await readFile(join(out, machine, profile.files[0] ?? '')), '/nowhere');
  assert.equal(byFunction(stacks, 1)[0]?.name, 'burn');
});

test('Ctrl-C while the pair under profilers is made takes no verdict away', async (context) => {
  const space = await workspace(context);
  const repository = await slowerCommit(space);
  const running = startPaceline(
    [
      ...['ci', '--profile', '--repo', repository, '--policy', space.file('gate.ts'), '--out', space.file('results')],
      ...['--pairs', '4', '--scenario', 'known-answers', ...short, '--markdown', space.file('c.md')],
    ],
    { ...space, env: { ...space.env, GITHUB_BASE_REF: '' } },
  );
  await running.line(/one more trial, under its profiler/);
  running.interrupt();
  const finished = await running.finished;
  assert.equal(finished.exitCode, 130, finished.stderr);
  assert.deepEqual(leftovers(running.pid, space), []);
  assert.match(finished.stdout, /worse[\s\S]*replay: /);
  assert.match(await readFile(space.file('c.md'), 'utf8'), /cpu-per-request|CPU per request/i);
});

test('what has no profiler, a missing one, or one that changes its answers, is told, and its trials stand', async (context) => {
  const space = await workspace(context);
  const ids = ['profile-busy', 'echo', 'profile-lies', 'profile-gone', 'profile-silent'];
  const out = space.file('result.json');
  const running = startPaceline(
    [
      ...['run', 'known-answers', '--impls', fixturesDir, ...short, '--trials', '1', '--no-report'],
      ...['--out', out, ...ids.flatMap((id) => ['--impl', id, '--profile', id])],
    ],
    space,
  );
  const finished = await running.finished;
  assert.equal(finished.exitCode, 0, finished.stderr);
  assert.deepEqual(leftovers(running.pid, space), []);
  const { profiles, trials } = await readResult(out);
  assert.equal(trials.length, ids.length);
  const reasons = profiles.map((one) => (one.status === 'profiled' ? one.functions[0]?.name : one.reason));
  assert.deepEqual(reasons, [
    'knownBusy',
    'its impl.json names no profiler',
    reasons[2],
    reasons[3],
    'its profiler wrote no .cpuprofile file',
  ]);
  assert.match(reasons[2] ?? '', /^under its profiler it does not answer as without: .*"2 bytes: 6b6f"/);
  assert.match(reasons[3] ?? '', /no-such-profiler could not watch process \d+: .*ENOENT/);
  assert.match(
    finished.stdout,
    /Profile of profile-busy, echo at 20\/s: ms of 1,000 requests\n.*function.*\n.* knownBusy /,
  );
  assert.ok((await readdir(dirname(out))).includes('result.profile-profile-busy.pb.gz'));
});

test('a profile of what is not measured is a usage error that names what is', async (context) => {
  const space = await workspace(context);
  const { exitCode, stderr } = await startPaceline(
    ['run', 'smoke', '--impl', 'crud-go', '--profile', 'crud-node-async'],
    space,
  ).finished;
  assert.equal(exitCode, 2);
  assert.match(stderr, /unknown implementation for --profile "crud-node-async"\nRemedy: .*known: crud-go/);
});
