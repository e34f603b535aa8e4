export type Environment = Readonly<Record<string, string | undefined>>;

/** An invalid setting: the program ends with exit code 2 and this one line. */
export class ConfigError extends Error {}

export const logLevels = ['debug', 'info', 'warn', 'error'];

/** Runs a reader of the configuration; ends the program where it throws a ConfigError. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}

export function required(env: Environment, name: string): string {
  const text = env[name] ?? '';
  if (text === '') throw new ConfigError(`${name} is not set`);
  return text;
}

export interface IntegerRule {
  readonly min: number;
  readonly max?: number;
  readonly fallback?: number;
}

export function integer(
  env: Environment,
  name: string,
  { min, max = Number.MAX_SAFE_INTEGER, fallback }: IntegerRule,
): number {
  if (env[name] === undefined && fallback !== undefined) return fallback;
  const text = required(env, name);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`;
  if (!(value >= min && value <= max)) throw new ConfigError(`${name}=${text} is not a whole number ${range}`);
  return value;
}

export function oneOf(env: Environment, name: string, allowed: readonly string[], fallback: string): string {
  const text = env[name] ?? fallback;
  if (!allowed.includes(text)) throw new ConfigError(`${name}=${text} is none of ${allowed.join(', ')}`);
  return text;
}
