import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { gitEnvironment } from '../../src/os/git.ts';

/**
 * A runner of GitHub's for the steps of our workflows: a bare remote on this disk, events as objects, and programs that stand in for
 * sudo, npm, gh and apt-get. An expression or an action that it does not know is an error, so that a workflow cannot outgrow it unseen.
 */

const ours = resolve(import.meta.dirname, '..', '..');

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Event {
  /** null: not of a pull request. */
  readonly pullRequest: { readonly number: number; readonly headSha: string; readonly baseRef: string } | null;
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

export interface Played {
  readonly isSuccess: boolean;
  readonly output: string;
  readonly summary: string;
  /** What sudo, npm and apt-get were asked, a line each. */
  readonly calls: string;
  readonly workspace: string;
}

type Git = (...args: string[]) => string;

export interface Hub {
  readonly dir: string;
  /** In the checkout of somebody who works on the repository. */
  readonly git: Git;
  readonly remote: string;
  readonly checkout: string;
  commit(path: string, text: string): string;
  comments(): readonly Comment[];
  addComment(body: string): void;
  /** A fork's token may write no comment. */
  setReadOnly(isReadOnly: boolean): void;
  /** Plays a job; `measure` is what `npm run bench -- …` does, in bash, with the words as "$*". */
  play(workflow: string, job: string, event: Event, measure: string): Played;
}

/** A repository with our workflows and actions, one commit on main, and its remote. */
export function openHub(context: TestContext): Hub {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-hub-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  const at = (name: string) => join(dir, name);
  const [remote, checkout] = [at('remote.git'), at('checkout')];
  const env = {
    ...gitEnvironment(process.env),
    GIT_CONFIG_SYSTEM: at('system-config'),
    GIT_CONFIG_GLOBAL: at('config'),
  };
  const gitIn = (folder: string): Git => {
    return (...args) => execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }).trim();
  };
  writeFileSync(at('config'), '[user]\n\tname = T\n\temail = t@example.org\n[init]\n\tdefaultBranch = main\n');
  writeFileSync(at('comments.json'), '[]');
  gitIn(dir)('init', '--quiet', '--bare', remote);
  gitIn(remote)('config', 'uploadpack.allowAnySHA1InWant', 'true');
  gitIn(dir)('clone', '--quiet', remote, checkout);
  for (const name of ['.github', '.ci']) cpSync(join(ours, name), join(checkout, name), { recursive: true });
  mkdirSync(join(checkout, 'results/reference'), { recursive: true });
  const git = gitIn(checkout);
  const comments = () => JSON.parse(readFileSync(at('comments.json'), 'utf8')) as Comment[];
  const commit = (path: string, text: string) => {
    mkdirSync(resolve(checkout, path, '..'), { recursive: true });
    writeFileSync(join(checkout, path), text);
    git('add', '--all');
    git('commit', '--quiet', '-m', `change ${path}`);
    return git('rev-parse', 'HEAD');
  };
  commit('results/reference/kept.json', '{}');
  git('push', '--quiet', 'origin', 'main');
  let runCount = 0;
  return {
    ...{ dir, git, remote, checkout, commit, comments },
    addComment: (body) => writeFileSync(at('comments.json'), JSON.stringify([...comments(), { id: 1, body }])),
    setReadOnly(isReadOnly) {
      rmSync(at('read-only'), { force: true });
      if (isReadOnly) writeFileSync(at('read-only'), '');
    },
    play(workflow, job, event, measure) {
      runCount += 1;
      const run = at(`run-${runCount}`);
      mkdirSync(run);
      writeStandIns(join(run, 'bin'), join(run, 'calls'), dir, measure);
      return playJob({ run, remote, env, event, steps: stepsOf(workflow, job) });
    },
  };
}

function stepsOf(workflow: string, job: string): readonly Step[] {
  const { jobs } = parse(readFileSync(join(ours, '.github/workflows', workflow), 'utf8')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  };
  return (jobs[job]?.steps ?? []).flatMap(withOwnAction);
}

/** The steps of an action of ours in place of the one that uses it. */
function withOwnAction(step: Step): readonly Step[] {
  if (step.uses === undefined || !step.uses.startsWith('./')) return [step];
  const action = parse(readFileSync(join(ours, step.uses, 'action.yml'), 'utf8')) as {
    readonly runs: { readonly steps: readonly Step[] };
  };
  return action.runs.steps.map((inner) => ({ ...(step.if === undefined ? {} : { if: step.if }), ...inner }));
}

function writeStandIns(folder: string, calls: string, hub: string, measure: string): void {
  mkdirSync(folder);
  writeFileSync(calls, '');
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  program('sudo', `#!/bin/bash\necho "sudo $*" >> '${calls}'\nexec "$@"\n`);
  program('apt-get', `#!/bin/bash\necho "apt-get $*" >> '${calls}'\n`);
  program(
    'npm',
    `#!/bin/bash\necho "npm $*" >> '${calls}'\ncase "$*" in "run "*"bench -- "*) ;; *) exit 0;; esac\n${measure}\n`,
  );
  program('gh', `#!${process.execPath}\n${gh(hub)}`);
}

/** `gh api` as far as our actions use it: list with a filter by beginning, create, change. */
function gh(hub: string): string {
  return `const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const [store, readOnly] = [${JSON.stringify(join(hub, 'comments.json'))}, ${JSON.stringify(join(hub, 'read-only'))}];
const all = JSON.parse(readFileSync(store, 'utf8'));
const words = process.argv.slice(2);
const behind = (flag) => words[words.indexOf(flag) + 1];
if (words.includes('--jq')) {
  const [, beginning] = /startswith\\("(.*)"\\)/.exec(behind('--jq'));
  for (const { id, body } of all) if (body.startsWith(beginning)) console.log(id);
  process.exit(0);
}
if (existsSync(readOnly)) {
  console.error('gh: Resource not accessible by integration (HTTP 403)');
  process.exit(1);
}
const body = readFileSync(behind('-F').replace(/^body=@/, ''), 'utf8');
const place = words.find((word) => word.startsWith('repos/'));
const id = Number(/comments\\/(\\d+)$/.exec(place)?.[1]);
const method = behind('-X');
if (method === 'POST' && place.endsWith('/comments')) all.push({ id: 100 + all.length, body });
else if (method === 'PATCH' && all.some((one) => one.id === id)) all.find((one) => one.id === id).body = body;
else process.exit(2);
writeFileSync(store, JSON.stringify(all));
`;
}

interface Job {
  readonly run: string;
  readonly remote: string;
  readonly env: NodeJS.ProcessEnv;
  readonly event: Event;
  readonly steps: readonly Step[];
}

function playJob(job: Job): Played {
  const { run, steps } = job;
  const workspace = join(run, 'workspace');
  for (const name of ['summary', 'outputs']) writeFileSync(join(run, name), '');
  mkdirSync(workspace);
  mkdirSync(join(run, 'temp'));
  let isSuccess = true;
  let output = '';
  for (const step of steps) {
    if (!isSuccess && !['!cancelled()', 'always()'].includes(step.if ?? '')) continue;
    const { exitCode, text } = step.run === undefined ? useAction(step, job, workspace) : runStep(step, job, workspace);
    output += text;
    isSuccess &&= exitCode === 0;
  }
  const read = (name: string) => readFileSync(join(run, name), 'utf8');
  return { isSuccess, output, summary: read('summary'), calls: read('calls'), workspace };
}

interface StepEnd {
  readonly exitCode: number | null;
  readonly text: string;
}

function runStep(step: Step, { run, env, event }: Job, workspace: string): StepEnd {
  const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, expanded(text, event)]);
  // As a runner starts `shell: bash`; without the key it is the same but for pipefail.
  const words = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', expanded(step.run ?? '', event)];
  const { status, stdout, stderr } = spawnSync('bash', words, {
    ...{ cwd: workspace, encoding: 'utf8' },
    env: {
      ...env,
      ...{ PATH: `${join(run, 'bin')}:${process.env.PATH}`, USER: userInfo().username, RUNNER_TEMP: join(run, 'temp') },
      ...{
        GITHUB_WORKSPACE: workspace,
        GITHUB_REPOSITORY: 'own/shop',
        GITHUB_BASE_REF: event.pullRequest?.baseRef ?? '',
      },
      ...{ GITHUB_STEP_SUMMARY: join(run, 'summary'), GITHUB_OUTPUT: join(run, 'outputs') },
      ...Object.fromEntries(own),
    },
  });
  return { exitCode: status, text: stdout + stderr };
}

/** Only what our workflows ask of actions of others. */
function useAction({ uses = '', with: options = {} }: Step, job: Job, workspace: string): StepEnd {
  const [name] = uses.split('@');
  if (name === 'actions/checkout') checkOut(options, job, workspace);
  else if (!/^actions\/(setup-(node|go|python)|upload-artifact)$/.test(name ?? ''))
    throw new Error(`unknown action ${uses}`);
  appendFileSync(join(job.run, 'calls'), `uses ${name}\n`);
  return { exitCode: 0, text: '' };
}

/** As actions/checkout: branches by their names on the remote, then the commit asked for, which no branch needs to hold. */
function checkOut(options: Readonly<Record<string, unknown>>, { remote, env, event }: Job, workspace: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, env, stdio: 'pipe' });
  const ref = typeof options.ref === 'string' ? expanded(options.ref, event) : 'refs/heads/main';
  git('init', '--quiet');
  git('remote', 'add', 'origin', remote);
  if (options['fetch-depth'] === 0) git('fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*');
  git('fetch', '--quiet', ...(options['fetch-depth'] === 0 ? [] : ['--depth=1']), 'origin', ref);
  git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
}

function expanded(text: string, { pullRequest }: Event): string {
  const values: Readonly<Record<string, string>> = {
    'github.token': 'token',
    'github.event.pull_request.number': String(pullRequest?.number ?? ''),
    'github.event.pull_request.head.sha': pullRequest?.headSha ?? '',
  };
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`unknown expression ${name}`);
    return value;
  });
}
