import { Problem } from './problem.ts';

/** The listed parameters of a query string; others are ignored. @throws Problem `invalid` for one given twice, or for text that is not UTF-8. */
export function readQuery<Name extends string>(text: string, ...listed: Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  if (text === '') return found;
  for (const pair of text.split('&')) {
    const [rawName = '', ...rest] = pair.split('=');
    const name = decode(rawName);
    const value = decode(rest.join('='));
    if (!isListed(name, listed)) continue;
    if (found[name] !== undefined) throw new Problem('invalid', `parameter ${name} is given twice`);
    found[name] = value;
  }
  return found;
}

function isListed<Name extends string>(name: string, listed: readonly Name[]): name is Name {
  return (listed as readonly string[]).includes(name);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('invalid', "the query's percent-encoding is wrong or not UTF-8");
  }
}
