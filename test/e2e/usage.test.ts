// test-lane: waits
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { manyCommands } from '../support/many-commands.ts';
import { echoRun, type Finished, paceline, workspace, writeImplementation } from '../support/paceline.ts';

/** What is wrong, and the nearest name where there is one. */
const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown scenario', ['run', 'smoek'], /unknown scenario "smoek"\n.*did you mean "smoke"/],
  ['an unknown command', ['conferm'], /unknown command or scenario "conferm"\n.*did you mean "conform"/],
  ['an unknown command with arguments', ['conferm', 'crud-go'], /unknown command.*"conferm"\n.*"conform"/],
  ['an unknown workload of a run', ['run', 'smoke', '--workload', 'histroy'], /"histroy"\n.*"history"/],
  ['an unknown workload', ['workload', 'mixd'], /unknown workload "mixd"\n.*did you mean "mixed"/],
  ['an unknown flag', ['run', '--trails', '3'], /unknown option '--trails'\n.*--trials/],
  ['an unknown implementation', ['run', 'smoke', '--impl', 'crud-og'], /unknown implementation "crud-og"\n.*"crud-go"/],
  [
    'an unknown implementation to conform',
    ['conform', 'crud-pythn-flask'],
    /"crud-pythn-flask"\n.*"crud-python-flask"/,
  ],
  ['an unknown report format', ['report', 'r.json', '--format', 'markdwon'], /format "markdwon"\n.*"markdown"/],
  ['an unknown probe', ['run', '--probe', 'cgruop'], /unknown probe "cgruop"\n.*"cgroup"/],
  ['a rate of nothing', ['run', '--rate', '0'], /--rate.*'0'.*above 0/],
  ['a list of rates that ends in a comma', ['run', '--rate', '5,'], /--rate.*above 0/],
  ['a number of trials that is none', ['run', '--trials', 'x'], /--trials.*'x'.*whole number/],
  ['half a trial', ['run', '--trials', '1.5'], /--trials.*whole number/],
  ['a limit that limits nothing', ['run', '--limit', 'disk=1GiB'], /--limit.*neither cpu=N nor memory=SIZE/],
  [
    'a folder of implementations that is not there',
    ['run', '--impls', '/dev/null/none'],
    /cannot read.*\/dev\/null\/none/,
  ],
  ['more workers than connections', ['run', 'smoke', '--workers', '99'], /99 workers.*\n.*--workers/],
  ['an objective that is none', ['capacity', 'crud-go', '--slo', 'p98=5ms'], /--slo.*p98=5ms.*p99=50ms/],
  [
    'capacity without an implementation',
    ['capacity', 'crud-og', '--slo', 'p99=5ms'],
    /unknown implementation "crud-og"\n.*"crud-go"/,
  ],
  [
    'the capacity of a workload of one rate',
    ['capacity', 'crud-go', '--slo', 'p99=5ms', '--workload', 'blog-post'],
    /blog-post is defined at \d+\/s.*\n.*--workload/,
  ],
  [
    'the start of an implementation that is none',
    ['cold-start', 'crud-og'],
    /unknown implementation "crud-og"\n.*"crud-go"/,
  ],
  ['a report of nothing', ['report'], /missing required argument 'result'/],
  ['an unknown workload, each name once', ['workload', 'nope'], /known: (?!.*\bmixed\b.*\bmixed\b).*mixed/],
  [
    'a capacity of nothing known, without primitives',
    ['capacity', 'nope', '--slo', 'p99=5ms'],
    /known: (?!.*primitives).*crud-go/,
  ],
  [
    'the capacity of a primitive',
    ['capacity', 'primitives-go', '--slo', 'p99=5ms'],
    /primitives-go answers no requests/,
  ],
  [
    'an option given twice',
    ['load', 'http://127.0.0.1:9/', '--rate', '1', '--rate', '2'],
    /option '--rate <n>' is given twice/,
  ],
  [
    'options that contradict each other',
    ['ci', '--gate', '--no-gate'],
    /'--gate' and '--no-gate' contradict each other/,
  ],
  [
    'a status that ends no exchange',
    ['load', 'http://127.0.0.1:9/', '--rate', '1', '--expect-status', '99'],
    /--expect-status.*200 to 599/,
  ],
  [
    'many mistakes at once, whatever is missing',
    ['load', 'ftp://x', '--header', 'a b', '--transport', 'x', '--threads', '0', '--foo', '3', '--allow', 'remot'],
    /"a b" is no header(.|\n)*unknown transport "x"(.|\n)*--threads(.|\n)*"remot"\n.*"remote"(.|\n)*'--rate <n>' not specified\n(.|\n)*'--foo'(.|\n)*"ftp:\/\/x" is no http URL/,
  ],
];

const run = manyCommands({ after });

describe('a usage error says what is meant', () => {
  for (const [what, args, expected] of mistakes) {
    test(what, async () => {
      const { exitCode, stdout, stderr } = await run(args);
      assert.match(stderr, expected);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.doesNotMatch(stderr, /\n\s+at /);
    });
  }
});

test('a usage error ends the process itself with its exit code, and all of it is on standard error', async () => {
  const args = ['run', 'smoek'];
  assert.deepEqual(await paceline(args), await run(args));
});

test('each command explains itself with examples', async () => {
  for (const command of [
    'run',
    'report',
    'compare',
    'explain',
    'conform',
    'workload',
    'list',
    'doctor',
    'calibrate',
    'load',
    'capacity',
    'cold-start',
    'overload',
    'right-size',
    'rolling-restart',
    'churn',
    'garbage-collection',
    'claims',
    'ci',
  ]) {
    const { exitCode, stdout } = await run([command, '--help']);
    assert.match(stdout, new RegExp(`Usage: paceline ${command}.*Examples?:\n  npm run bench -- ${command}`, 's'));
    assert.equal(exitCode, 0);
  }
  const whole = await paceline(['--help']);
  assert.match(whole.stdout, /Examples:.*Exit codes:/s);
  assert.equal(whole.exitCode, 0);
});

test('a manifest with three mistakes gets all three at once', async (context) => {
  const space = await workspace(context);
  const impls = await writeImplementation(space.file('impls'), 'three', {
    service: 'crd',
    comand: ['x'],
    limits: { nodes: 'many' },
  });
  const { exitCode, stderr } = await paceline(['run', 'known-answers', '--impls', impls], space);
  assert.match(stderr, /3 problems/);
  for (const key of ['service', 'comand', 'limits.nodes'])
    assert.match(stderr, new RegExp(`three/impl.json: .*${key}`));
  assert.equal(exitCode, 2);
});

test('a result that cannot be read is named with what is wrong with it', async (context) => {
  const space = await workspace(context);
  const whole = space.file('whole.json');
  await paceline(echoRun(['echo'], whole), space);
  const text = await readFile(whole, 'utf8');
  await writeFile(space.file('cut.json'), text.slice(0, text.length / 2));
  await writeFile(space.file('newer.json'), text.replace(/"schemaVersion":\d+/, '"schemaVersion":99'));
  await mkdir(space.file('folder.json'));
  const report = (name: string): Promise<Finished> => paceline(['report', space.file(name), '--format', 'text'], space);
  const refused: Record<string, RegExp> = {
    'cut.json': /cut\.json is not whole JSON \(truncated\?\)/,
    'newer.json': /newer\.json has schema version 99; this paceline reads up to \d+\n.*newer paceline/,
    'missing.json': /cannot read .*missing\.json \(ENOENT\)\n.*paceline list/,
    'folder.json': /cannot read .*folder\.json \(EISDIR\)/,
  };
  for (const [name, expected] of Object.entries(refused)) {
    const { exitCode, stderr } = await report(name);
    assert.match(stderr, expected);
    assert.equal(exitCode, 2);
  }
  assert.equal((await report('whole.json')).exitCode, 0);
});
