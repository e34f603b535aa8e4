const everything = '*';
const entityTag = /[ \t,]*(W\/)?"([!#-~\x80-\xff]*)"[ \t]*(?:,[ \t,]*|$)/y;

interface EntityTag {
  readonly weak: boolean;
  readonly opaque: string;
}

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** If-None-Match: weak comparison (RFC 9110, 13.1.2). */
export function matchesWeakly(header: string | undefined, version: number): boolean {
  if (header === undefined) return false;
  return isEverything(header) || entityTags(header).some((tag) => tag.opaque === String(version));
}

/** If-Match: the versions a header names strongly (RFC 9110, 13.1.1); null for `*`, which any version matches. */
export function strongVersions(header: string): number[] | null {
  if (isEverything(header)) return null;
  return entityTags(header).flatMap(({ weak, opaque }) => (weak || !isVersion(opaque) ? [] : [Number(opaque)]));
}

function isEverything(header: string): boolean {
  return header.trim() === everything;
}

/** A version as `etagOf` writes it ("01" is another tag) that PostgreSQL's integer can hold. */
function isVersion(opaque: string): boolean {
  return /^[1-9]\d{0,9}$/.test(opaque) && Number(opaque) < 2 ** 31;
}

/** None where any part of the header does not parse. */
function entityTags(header: string): EntityTag[] {
  const tags: EntityTag[] = [];
  entityTag.lastIndex = 0;
  for (let end = 0; end < header.length; end = entityTag.lastIndex) {
    const match = entityTag.exec(header);
    if (match === null) return [];
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? '' });
  }
  return tags;
}
