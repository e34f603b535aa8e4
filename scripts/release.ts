/**
 * Makes a release: version in package.json and its lock, a heading in CHANGELOG.md, one commit, one tag. Pushes nothing.
 * `npm run release -- X.Y.Z [--dry-run]`
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const semantic = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** What a release changes in the three files it touches. */
export interface ReleaseFiles {
  readonly packageJson: string;
  readonly packageLock: string;
  readonly changelog: string;
}

/**
 * The three files as they are after the release of `version` on `day` (YYYY-MM-DD). Throws an Error that names the remedy when
 * the version is not X.Y.Z or not newer, or when nothing stands under Unreleased.
 */
export function released(files: ReleaseFiles, version: string, day: string): ReleaseFiles {
  if (!semantic.test(version)) throw new Error(`${version} is not a version. Remedy: name one as X.Y.Z.`);
  const current = versionOf(files.packageJson);
  if (!isNewer(version, current)) throw new Error(`${version} is not newer than ${current}. Remedy: name a newer one.`);
  return {
    packageJson: withVersion(files.packageJson, current, version, 1),
    packageLock: withVersion(files.packageLock, current, version, 2),
    changelog: closedChangelog(files.changelog, version, day),
  };
}

function versionOf(packageJson: string): string {
  return String((JSON.parse(packageJson) as { version?: unknown }).version);
}

/** A pre-release counts as its version: X.Y.Z-beta is no newer than X.Y.Z. */
function isNewer(version: string, current: string): boolean {
  const [next, last] = [version, current].map((text) => (text.split('-')[0] ?? '').split('.').map(Number));
  const differing = [0, 1, 2].find((part) => next?.[part] !== last?.[part]);
  return differing !== undefined && (next?.[differing] ?? 0) > (last?.[differing] ?? 0);
}

/** Replaces the first `count` version fields: the package's own come first in package.json and in its lock. */
function withVersion(text: string, current: string, version: string, count: number): string {
  let result = text;
  for (let done = 0; done < count; done += 1) {
    result = result.replace(`"version": "${current}"`, `"version": "${version}"`);
  }
  return result;
}

function closedChangelog(changelog: string, version: string, day: string): string {
  const [head, rest] = changelog.split(/^## Unreleased\n/m);
  const entries = rest?.split(/^## /m)[0]?.trim() ?? '';
  if (rest === undefined || entries === '') {
    throw new Error('CHANGELOG.md has nothing under "## Unreleased". Remedy: write what changes for its users.');
  }
  return `${head}## Unreleased\n\n## ${version} (${day})\n${rest}`;
}

async function main(args: readonly string[]): Promise<void> {
  const isDry = args.includes('--dry-run');
  const [version, ...others] = args.filter((argument) => argument !== '--dry-run');
  if (version === undefined || others.length > 0) throw new Error('usage: npm run release -- X.Y.Z [--dry-run]');
  const root = join(import.meta.dirname, '..');
  const paths = { packageJson: 'package.json', packageLock: 'package-lock.json', changelog: 'CHANGELOG.md' };
  const read = (path: string) => readFile(join(root, path), 'utf8');
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const before: ReleaseFiles = {
    packageJson: await read(paths.packageJson),
    packageLock: await read(paths.packageLock),
    changelog: await read(paths.changelog),
  };
  const after = released(before, version, new Date().toISOString().slice(0, 10));
  if (!isDry && git('status', '--porcelain') !== '') {
    throw new Error('the working tree has changes. Remedy: commit or stash them.');
  }
  if (git('tag', '--list', `v${version}`) !== '') throw new Error(`the tag v${version} is there already.`);
  if (isDry) {
    process.stdout.write(`would set the version to ${version}, close the changelog, commit and tag v${version}\n`);
    return;
  }
  for (const key of ['packageJson', 'packageLock', 'changelog'] as const) {
    await writeFile(join(root, paths[key]), after[key]);
  }
  git('commit', '--quiet', '--message', `release: ${version}`, ...Object.values(paths));
  git('tag', '--annotate', `v${version}`, '--message', `paceline ${version}`);
  process.stdout.write(`released ${version}. Publish it with: git push --follow-tags\n`);
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`release: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
}
