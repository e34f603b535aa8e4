import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareRuns } from '../compare/compare-runs.ts';
import { type SelfFloors, selfFloors } from '../compare/floor.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import { readResult } from '../store/result-file.ts';

/** The newest A/A runs of a machine that are looked at. */
const mostRuns = 10;
const ending = '-aa-base.json';

/** What the A/A runs kept in a machine's folder say (`paceline ci --aa` makes them); what cannot be read is passed over. */
export async function selfRuns(folder: string, policy: GatePolicy): Promise<SelfFloors> {
  const names = await readdir(folder).catch(() => []);
  const newest = names
    .filter((name) => name.endsWith(ending))
    .sort()
    .reverse()
    .slice(0, mostRuns);
  const compared = await Promise.all(newest.map((name) => comparedSelf(folder, name, policy)));
  return selfFloors(compared.filter((one) => one !== null));
}

async function comparedSelf(folder: string, name: string, policy: GatePolicy) {
  const paths = [name, name.replace(ending, '-aa-head.json')].map((one) => join(folder, one));
  const runs = await Promise.all(paths.map((path) => readResult(path).catch(() => null)));
  const [base, head] = runs;
  if (base?.state !== 'complete' || head?.state !== 'complete') return null;
  const options = { policy, minEffectRatio: null, floors: new Map<string, number>(), waivers: [], today: '' };
  return compareRuns(base, head, options);
}
