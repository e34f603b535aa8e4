import { join } from 'node:path';
import { test } from 'node:test';
import { runTool } from '../support/tool.ts';

const root = join(import.meta.dirname, '..', '..');

test('everything is typed', () => {
  runTool(['node_modules/.bin/tsc', '--noEmit'], root);
});

test('the page of the report is typed', () => {
  runTool(['node_modules/.bin/tsc', '--noEmit', '-p', 'src/report/page'], root);
});

test('everything is formatted and lint-free', () => {
  runTool(['node_modules/.bin/biome', 'ci', '.'], root);
});
