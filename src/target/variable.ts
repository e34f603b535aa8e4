import { randomBytes } from 'node:crypto';

export type Variables = Readonly<Record<string, string>>;

/** A vector names what nothing has set: the failure is told as the step's. */
export class MissingVariable extends Error {}

/** A name, in which another name may stand: `${file.${index}}`. */
const pattern = /\$\{((?:[^${}]|\$\{[^${}]+\})+)\}/g;

/**
 * Replaces every `${name}` once; `${unique}` is twelve fresh lower-case letters and digits at each place,
 * `${upper name}` the value in capitals.
 */
export function substitute(text: string, variables: Variables): string {
  return text.replace(pattern, (_, name: string) => {
    if (name === 'unique') return randomBytes(6).toString('hex');
    const whole = substitute(name, variables);
    const bare = whole.replace(/^upper /, '');
    const value = variables[bare];
    if (value === undefined) throw new MissingVariable(`nothing has set the variable ${bare}`);
    return bare === whole ? value : value.toUpperCase();
  });
}

/** In every text of a JSON value; keys stay as they are. */
export function substituteAll<T>(value: T, variables: Variables): T;
export function substituteAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return substitute(value, variables);
  if (Array.isArray(value)) return value.map((entry) => substituteAll(entry, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substituteAll(entry, variables)]));
}
