/**
 * The compact letter display: two items share a letter if and only if they do not differ (Piepho 2004, "An Algorithm for a
 * Letter-Based Representation of All-Pairwise Comparisons": insert and absorb). `differ` is symmetric; items are numbered in the order in
 * which letters are given out.
 */
export function compactLetters(itemCount: number, differ: (a: number, b: number) => boolean): string[] {
  let groups: ReadonlySet<number>[] = [new Set(Array.from({ length: itemCount }, (_, index) => index))];
  for (let a = 0; a < itemCount; a += 1) {
    for (let b = a + 1; b < itemCount; b += 1) {
      if (differ(a, b)) groups = absorbed(groups.flatMap((group) => split(group, a, b)));
    }
  }
  const ordered = groups.sort(byMembers);
  return Array.from({ length: itemCount }, (_, item) =>
    ordered.flatMap((group, index) => (group.has(item) ? [letterOf(index)] : [])).join(''),
  );
}

function split(group: ReadonlySet<number>, a: number, b: number): ReadonlySet<number>[] {
  if (!group.has(a) || !group.has(b)) return [group];
  return [a, b].map((left) => new Set([...group].filter((item) => item !== left)));
}

/** Without those that another contains. */
function absorbed(groups: readonly ReadonlySet<number>[]): ReadonlySet<number>[] {
  return groups.filter((group, index) =>
    groups.every((other, place) => {
      if (place === index || !group.isSubsetOf(other)) return true;
      return group.size === other.size && index < place;
    }),
  );
}

function byMembers(first: ReadonlySet<number>, second: ReadonlySet<number>): number {
  const [a, b] = [[...first].sort(ascending), [...second].sort(ascending)];
  const place = a.findIndex((item, index) => item !== b[index]);
  return place === -1 ? a.length - b.length : (a[place] ?? 0) - (b[place] ?? Number.POSITIVE_INFINITY);
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** a … z, then aa … */
function letterOf(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : `${letterOf(Math.floor(index / 26) - 1)}${last}`;
}
