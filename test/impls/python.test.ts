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

before(() => {
  if (skip === false)
    runTool(['python3', 'impls/_python/make_env.py', '.venv', 'impls/_python/dev-requirements.lock'], root);
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
