// test-lane: waits
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fuzzFactor, fuzzSeed } from '../support/fuzz-size.ts';
import { readers } from './all.ts';
import { corpusOf, corpusPath, outcomeOf, tryReader } from './reader.ts';

describe('what others wrote is refused in a sentence, or is what its schema says', () => {
  for (const reader of readers)
    test(reader.id, async (context) => {
      const count = reader.count * fuzzFactor;
      const { failure, acceptedCount, refusedCount } = await tryReader(reader, count, fuzzSeed);
      context.diagnostic(`${count} inputs of seed ${fuzzSeed}: ${acceptedCount} accepted, ${refusedCount} refused`);
      if (failure === null) return;
      const { input, problem } = failure;
      assert.fail(
        `${problem}\nPACELINE_FUZZ_SEED=${fuzzSeed}; ${input.toString('utf8').slice(0, 2_000)}\nkeep it as ${corpusPath(reader, input)}`,
      );
    });
});

describe('what was once read wrongly is not any more', () => {
  for (const reader of readers)
    for (const { name, input } of corpusOf(reader))
      test(`${reader.id}: ${name}`, async (context) => {
        const folder = mkdtempSync(join(tmpdir(), 'paceline-corpus-'));
        context.after(() => rmSync(folder, { recursive: true, force: true }));
        const outcome = await outcomeOf(reader, input, folder);
        assert.notEqual(outcome.kind, 'wrong', JSON.stringify(outcome).slice(0, 2_000));
      });
});
