// test-lane: waits
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { echoRun, paceline, workspace } from '../support/paceline.ts';

const none = '/proc/none';
const commands: Readonly<Record<string, (place: string) => readonly string[]>> = {
  'run --out': (place) => echoRun(['echo'], place),
  'run --report': (place) => ['run', 'smoke', '--report', place],
  'calibrate --out': (place) => ['calibrate', '--out', place],
  'report --out': (place) => ['report', none, '--out', place],
  'compare --out': (place) => ['compare', none, none, '--out', place],
  'ci --out': (place) => ['ci', '--base', 'none', '--out', place],
  'ci --markdown': (place) => ['ci', '--base', 'none', '--markdown', place],
  'ci --html': (place) => ['ci', '--base', 'none', '--html', place],
  'load --hdr': (place) => ['load', 'http://127.0.0.1:1/', '--rate', '1', '--hdr', place],
};

describe('an output that cannot be written is reported first, with its flag', { concurrency: 2 }, () => {
  for (const [what, args] of Object.entries(commands)) {
    test(what, async (context) => {
      const space = await workspace(context);
      writeFileSync(space.file('file'), '');
      const { exitCode, stderr, stdout } = await paceline(args(space.file('file/deep/r')), space);
      const flag = what.split(' ')[1];
      assert.match(stderr, /^paceline: cannot write .*file\/deep\/r: .*file is not a folder\n/);
      assert.match(stderr, new RegExp(`Remedy: choose another place with ${flag}\n$`));
      assert.equal(exitCode, 3);
      assert.equal(stdout, '');
    });
  }
});

test('a folder, a device and a file system that takes no file are no places for a file', async (context) => {
  const space = await workspace(context);
  const refused = {
    [space.dir]: /it is a folder/,
    '/dev/null': /not a regular file/,
    '/proc/a/r.json': /ENOENT in \/proc/,
  };
  for (const [place, reason] of Object.entries(refused)) {
    const { stderr } = await paceline(['report', none, '--out', place], space);
    assert.match(stderr, reason);
  }
});

const mistakes: Readonly<Record<string, (place: string) => readonly string[]>> = {
  'an unknown implementation': (place) => echoRun(['ehco'], place),
  'more workers than connections': (place) => ['run', 'smoke', '--workers', '99', '--out', place],
  'an unknown commit': (place) => ['ci', '--base', 'no-such-commit', '--out', place],
  'a result that is not there': (place) => ['report', none, '--out', place],
};

describe('a usage error makes no folder', { concurrency: 2 }, () => {
  for (const [what, args] of Object.entries(mistakes)) {
    test(what, async (context) => {
      const space = await workspace(context);
      const before = readdirSync(space.dir);
      const { exitCode } = await paceline(args(space.file('new/deep/place')), space);
      assert.equal(exitCode, 2);
      assert.deepEqual(readdirSync(space.dir), before);
    });
  }
});
