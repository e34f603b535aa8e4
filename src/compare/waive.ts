import type { Comparison } from '../model/comparison.ts';
import type { Waiver } from '../model/waiver.ts';

/** A change that is worse and known about keeps its verdict and carries its waiver. */
export function waived(
  comparison: Comparison,
  { waivers, today }: { readonly waivers: readonly Waiver[]; readonly today: string },
): Comparison {
  if (comparison.verdict.kind !== 'worse') return comparison;
  const waiver = waivers.find(({ cell, until }) => until >= today && covers(cell, comparison.id));
  return waiver === undefined ? comparison : { ...comparison, waiver };
}

/** The whole id, or its beginning up to a slash, which may end it. */
export function covers(cell: string, id: string): boolean {
  const beginning = withoutSlash(cell);
  return id === beginning || id.startsWith(`${beginning}/`);
}

/** `crud-go/` as `crud-go`. */
export function withoutSlash(cell: string): string {
  return cell.replace(/\/+$/, '');
}
