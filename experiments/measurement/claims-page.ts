import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bin } from '../../test/support/paceline.ts';
import { writeSection } from '../marked-page.ts';

/** Writes the table of docs/claims.md from the results named (default: all of this machine). `npm run claims-page [-- RESULT…]` */
const page = join(import.meta.dirname, '..', '..', 'docs', 'claims.md');
const { stdout } = await promisify(execFile)(process.execPath, [
  bin,
  'claims',
  ...process.argv.slice(2),
  '--format',
  'markdown',
]);
writeSection(page, 'table', stdout);
