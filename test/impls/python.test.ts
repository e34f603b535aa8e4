// test-lane: busy
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { runTool, skipUnless } from '../support/tool.ts';

const root = join(import.meta.dirname, '..', '..');
const skip = skipUnless('python3', '--version');
const sources = [
  'impls/_python',
  'impls/crud-python-flask',
  'impls/crud-python-asyncio',
  'impls/primitives-python',
  'impls/raft-python-asyncio',
  'impls/raft-python-threads',
];
const configuration = 'impls/_python/pyproject.toml';

function tool(name: string, ...rest: readonly string[]): void {
  runTool([join('.venv', 'bin', name), ...rest], root);
}

/** Made anew when what it is made of has changed: half a minute of a core. */
before(() => {
  if (skip !== false) return;
  const makeEnv = ['impls/_python/make_env.py', '.venv', 'impls/_python/dev-requirements.lock'];
  const [program = '', , lock = ''] = makeEnv;
  const texts = [program, lock].map((path) => readFileSync(join(root, path), 'utf8'));
  const which = ['python3', '-c', 'import sys; print(sys.version, sys.base_prefix)'];
  const madeOf = createHash('sha256')
    .update([root, runTool(which, root), ...texts].join('\n'))
    .digest('hex');
  const stamp = join(root, '.venv', 'made-of');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === madeOf) return;
  runTool(['python3', ...makeEnv], root);
  writeFileSync(stamp, madeOf);
});

test('the Python is formatted and lint-free', { skip }, () => {
  tool('ruff', 'format', '--check', '--config', configuration, ...sources);
  tool('ruff', 'check', '--config', configuration, ...sources);
});

test('the Python is typed', { skip }, () => {
  tool('mypy', '--config-file', configuration, ...sources);
});

test('the Python tests pass', { skip }, () => {
  tool('pytest', '-q', '-c', configuration);
});
