import { HarnessError } from '../model/harness-error.ts';

/** Shorter ones would be found in every text. */
const minLength = 6;
const secrets = new Set<string>();

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
  // As it stands in a path.
  secrets.add(encodeURIComponent(value));
}

export function withoutSecrets(text: string): string {
  let left = text;
  for (const secret of secrets) left = left.replaceAll(secret, '[secret]');
  return left;
}
