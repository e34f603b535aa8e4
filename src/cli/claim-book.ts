import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Claim, ClaimSource } from '../model/claim.ts';
import { moduleEnding } from '../os/module-ending.ts';
import type { ClaimBook, CodeLines } from '../report/build/claims.ts';
import { benchDir, rootDir } from '../run/paths.ts';

/** bench/claims.ts, and the lines of the two Raft cores as they are in this checkout. */
export async function loadClaimBook(): Promise<ClaimBook> {
  const declared = (await import(pathToFileURL(join(benchDir, `claims${moduleEnding}`)).href)) as {
    readonly claims: readonly Claim[];
    readonly sources: readonly ClaimSource[];
  };
  return { claims: declared.claims, sources: declared.sources, codeLines: await countCodeLines() };
}

/** Where a language keeps its Raft core, and what begins a comment there. */
const cores = {
  go: { pattern: 'impls/_go/raft/**/*.go', isTest: /_test\.go$/, comment: '//' },
  python: { pattern: 'impls/_python/raft/core/**/*.py', isTest: /(^|\/)(test_|conftest)/, comment: '#' },
} as const;

async function countCodeLines(): Promise<CodeLines> {
  return { go: await codeLineCount('go'), python: await codeLineCount('python') };
}

/** Lines that are neither blank nor only a comment (nor, in Python, a docstring); null where there is no core. */
async function codeLineCount(language: keyof typeof cores): Promise<number | null> {
  const { pattern, isTest, comment } = cores[language];
  let count: number | null = null;
  for await (const name of glob(pattern, { cwd: rootDir })) {
    if (isTest.test(name)) continue;
    const text = (await readFile(join(rootDir, name), 'utf8')).replaceAll(docstring, '');
    const lines = text.split('\n').map((line) => line.trim());
    count = (count ?? 0) + lines.filter((line) => line !== '' && !line.startsWith(comment)).length;
  }
  return count;
}

/** A string that stands alone is Python's way of a comment; Go has no such quotes. */
const docstring = /^[ \t]*"""[\s\S]*?"""[ \t]*$/gm;
