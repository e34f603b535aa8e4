import { matchesGlob } from 'node:path';
import type { Scenario } from '../model/scenario.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { unknownName } from './declarations.ts';

/** The implementations a run asks: of the scenario's services, and matching one of the globs where there are any. */
export function selectImplementations(
  located: readonly LocatedImplementation[],
  scenario: Scenario,
  globs: readonly string[],
): LocatedImplementation[] {
  const services = new Set(scenario.cells.map(({ service }) => service));
  if (scenario.primitives !== null) services.add('primitives');
  const candidates = located.filter(({ implementation }) => services.has(implementation.service));
  return matching(candidates, globs);
}

/** Those whose id matches one of the globs; a glob that matches none is an unknown name. No glob: all. */
export function matching(
  candidates: readonly LocatedImplementation[],
  globs: readonly string[],
): LocatedImplementation[] {
  if (globs.length === 0) return [...candidates];
  const wished = matchingIds(
    candidates.map(({ implementation: { id } }) => id),
    globs,
  );
  return candidates.filter(({ implementation: { id } }) => wished.includes(id));
}

/** The same of ids alone. */
export function matchingIds(ids: readonly string[], globs: readonly string[]): string[] {
  for (const glob of globs) {
    if (!ids.some((id) => matchesGlob(id, glob))) throw unknownName('implementation', glob, ids);
  }
  return ids.filter((id) => globs.some((glob) => matchesGlob(id, glob)));
}
