import { HarnessError } from '../model/harness-error.ts';

/** Shorter ones would be found in every text. */
const minLength = 6;
const secrets = new Set<string>();
const names = new Map<string, string>();

/** From now on a value is left out of all that paceline prints and writes. */
export function keepSecret(name: string, value: string): void {
  if (value.length < minLength) {
    throw new HarnessError(
      'usage',
      `${name} is shorter than ${minLength} characters: it could not be told from other text, to be left out of it`,
      'set a longer one',
    );
  }
  secrets.add(value);
  names.set(value, name);
  // As it stands in a path.
  secrets.add(encodeURIComponent(value));
}

export function withoutSecrets(text: string): string {
  let left = text;
  for (const secret of secrets) left = left.replaceAll(secret, '[secret]');
  return left;
}

/** Plain data with each secret as the `{env:NAME}` that it came from. */
export function withSecretNames(value: unknown): unknown {
  if (typeof value === 'string')
    return [...names].reduce((text, [secret, name]) => text.replaceAll(secret, `{env:${name}}`), value);
  if (Array.isArray(value)) return value.map(withSecretNames);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withSecretNames(one)]));
}
