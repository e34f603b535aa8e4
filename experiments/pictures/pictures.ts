/** Draws docs/pictures, and makes reports/example.html, from a kept result file. `npm run pictures` */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pricesOf } from '../../src/cli/price-options.ts';
import { reportModelOf, writeReport } from '../../src/cli/report-file.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { readResult } from '../../src/store/result-file.ts';
import { barsPicture } from './bars.ts';
import { requestTimesPicture } from './request-times.ts';
import { roomsPicture } from './rooms.ts';
import { themes } from './svg.ts';
import { trialPhasesPicture } from './trial-phases.ts';

const root = join(import.meta.dirname, '..', '..');

/** The run whose figures the README shows. */
export const shownResult = 'results/reference/eef6b629b771/20261201T011427Z-61ef8c2d-quick.json';

/** File name below docs/pictures and content of every picture. */
export async function allPictures(): Promise<Map<string, string>> {
  const result = await readResult(join(root, shownResult));
  return new Map(
    themes.flatMap((theme) => [
      [`cost-${theme.id}.svg`, barsPicture(result, theme)],
      [`trial-phases-${theme.id}.svg`, trialPhasesPicture(theme)],
      [`request-times-${theme.id}.svg`, requestTimesPicture(theme)],
      [`rooms-${theme.id}.svg`, roomsPicture(theme)],
    ]),
  );
}

if (import.meta.main) {
  const folder = join(root, 'docs', 'pictures');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of await allPictures()) await writeFile(join(folder, name), content);
  const model = await reportModelOf(await readResult(join(root, shownResult)), checkoutProject, await pricesOf({}));
  await writeReport(model, 'example', null, checkoutProject);
}
