import { HarnessError } from './harness-error.ts';

/** A HarnessError that names the nearest known name, or lists them all. */
export function unknownName(kind: string, name: string, known: readonly string[]): HarnessError {
  const close = nearestName(name, known);
  const remedy = close === null ? `known: ${known.join(', ')}` : `did you mean "${close}"? known: ${known.join(', ')}`;
  return new HarnessError('unknown-name', `unknown ${kind} "${name}"`, remedy);
}

/** The candidate with the least edit distance to a mistyped name, or null when none is near (a third of its length). */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Ids of parts between slashes, nearest first: those that contain the name, then by the distance of their nearest beginning. */
export function byNearness(name: string, ids: readonly string[]): string[] {
  const distances = new Map(ids.map((id) => [id, id.includes(name) ? -1 : prefixDistance(name, id)]));
  return [...ids].sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0));
}

function prefixDistance(name: string, id: string): number {
  const parts = id.split('/');
  return Math.min(...parts.map((_, index) => editDistance(name, parts.slice(0, index + 1).join('/'))));
}

/** Levenshtein's distance, a row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
