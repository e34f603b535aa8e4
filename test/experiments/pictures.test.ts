import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { allPictures } from '../../experiments/pictures/pictures.ts';
import { phaseBoxes } from '../../experiments/pictures/trial-phases.ts';
import { phases } from '../../src/model/trial.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'pictures');

test('the pictures are what `npm run pictures` draws', async () => {
  for (const [name, content] of await allPictures()) {
    assert.equal(await readFile(join(folder, name), 'utf8'), content, `${name}: run npm run pictures`);
  }
});

test('the picture of a trial has its phases in their order', () => {
  assert.deepEqual(
    phaseBoxes.map(({ title }) => title),
    [...phases],
  );
});
