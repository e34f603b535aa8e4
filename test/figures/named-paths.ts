/** `NAME=PATH` arguments by name, a name's paths together; null where one has no name. */
export function namedPaths(args: readonly string[]): Map<string, string[]> | null {
  const pairs = args.map((arg) => /^([^=]+)=(.+)$/.exec(arg));
  const byName = Map.groupBy(pairs, (match) => match?.[1]);
  if (byName.has(undefined)) return null;
  return new Map([...byName].map(([name = '', matches]) => [name, matches.map((match) => match?.[2] ?? '')]));
}
