import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bin } from '../../test/support/paceline.ts';

/** Writes the table of docs/claims.md from the results named (default: all of this machine). `npm run claims-page [-- RESULT…]` */
const page = join(import.meta.dirname, '..', '..', 'docs', 'claims.md');
const { stdout } = await promisify(execFile)(process.execPath, [
  bin,
  'claims',
  ...process.argv.slice(2),
  '--format',
  'markdown',
]);
const text = await readFile(page, 'utf8');
await writeFile(
  page,
  text.replace(/(<!-- table -->\n)[\s\S]*(<!-- \/table -->)/, (_, open, close) => `${open}\n${stdout}\n${close}`),
);
