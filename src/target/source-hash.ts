import { createHash } from 'node:crypto';
import { glob, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { LocatedImplementation } from './manifest.ts';

/** What tools leave beside sources: never part of what is built. */
const ignoredEntries = new Set([
  'node_modules',
  '__pycache__',
  '.venv',
  '.git',
  '.mypy_cache',
  '.ruff_cache',
  '.pytest_cache',
]);

/** The files an implementation's `sources` name, relative to the root with forward slashes, sorted. */
async function sourceFiles(located: LocatedImplementation, rootDir: string): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const pattern of located.implementation.sources) {
    const before = files.size;
    let matched = false;
    for await (const name of glob(pattern, {
      cwd: rootDir,
      exclude: (entry) => ignoredEntries.has(path.basename(entry)),
    })) {
      if (!(await stat(path.join(rootDir, name))).isFile()) continue;
      matched = true;
      files.add(name.split(path.sep).join('/'));
    }
    if (!matched && files.size === before) throw noSuchSource(located, pattern);
  }
  return [...files].sort();
}

function noSuchSource(located: LocatedImplementation, pattern: string): HarnessError {
  const file = path.join(located.dir, 'impl.json');
  return new HarnessError('bad-manifest', `${file}: sources: "${pattern}" matches no file`, 'correct the glob');
}

/** 16 hex digits over the source files, the build commands, the toolchain's versions and the platform. */
export async function sourceHash(
  located: LocatedImplementation,
  rootDir: string,
  toolchainVersions: Readonly<Record<string, string>>,
): Promise<string> {
  const hash = createHash('sha256');
  const versions = Object.entries(toolchainVersions).sort();
  hash.update(JSON.stringify([located.implementation.build, versions, process.platform, process.arch]));
  for (const name of await sourceFiles(located, rootDir)) {
    const file = path.join(rootDir, name);
    const [body, { mode }] = await Promise.all([readFile(file), stat(file)]);
    hash.update(JSON.stringify([name, body.length, (mode & 0o100) !== 0])).update(body);
  }
  return hash.digest('hex').slice(0, 16);
}
