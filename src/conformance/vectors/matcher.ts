/** What does not match: where, what was expected and what came. */
export interface Mismatch {
  readonly at: string;
  readonly expected: string;
  readonly got: string;
}

type Matcher = (argument: unknown, value: unknown) => boolean;

const formats: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  time: /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/,
  token: /^[A-Za-z0-9_-]{43}$/,
};

/** The matchers a vector may name; several in one object must all hold. */
const matchers: Readonly<Record<string, Matcher>> = {
  $is: (shape, value) => typeof value === 'string' && (formats[String(shape)]?.test(value) ?? false),
  $regex: (source, value) => typeof value === 'string' && new RegExp(String(source), 'u').test(value),
  $type: (type, value) => typeof value === type,
  $length: (length, value) => Array.isArray(value) && value.length === length,
  $oneOf: (choices, value) => Array.isArray(choices) && choices.some((choice) => mismatch(choice, value) === null),
  $not: (other, value) => mismatch(other, value) !== null,
  $items: (item, value) => Array.isArray(value) && value.every((entry) => mismatch(item, entry) === null),
  /** The items' values under this key grow smaller from each to the next. */
  $descendingBy: (key, value) => Array.isArray(value) && isDescending(value.map((entry) => entry?.[String(key)])),
  /** Texts and numbers; times of the contract's form order as texts. */
  $atLeast: (least, value) => typeof value === typeof least && (value as string) >= (least as string),
  /** An object with at least these keys. */
  $with: (part, value) =>
    isObject(value) && isObject(part) && Object.keys(part).every((key) => mismatch(part[key], value[key]) === null),
};

export const matcherNames: readonly string[] = Object.keys(matchers);
export const formatNames: readonly string[] = Object.keys(formats);

/**
 * Compares a value with what a vector expects: objects by their exact set of keys, lists item by item, an object of
 * `$matchers` by them, everything else by equality.
 */
export function mismatch(expected: unknown, value: unknown, at = '$'): Mismatch | null {
  if (isMatcher(expected)) return matcherMismatch(expected, value, at);
  if (Array.isArray(expected)) return listMismatch(expected, value, at);
  if (isObject(expected)) return objectMismatch(expected, value, at);
  return Object.is(expected, value) ? null : difference(at, expected, value);
}

function isMatcher(value: unknown): value is Record<string, unknown> {
  return isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => key.startsWith('$'));
}

function matcherMismatch(expected: Record<string, unknown>, value: unknown, at: string): Mismatch | null {
  for (const [name, argument] of Object.entries(expected)) {
    const matcher = matchers[name];
    if (matcher === undefined) throw new Error(`unknown matcher ${name} at ${at}`);
    if (!matcher(argument, value)) return difference(at, { [name]: argument }, value);
  }
  return null;
}

function listMismatch(expected: readonly unknown[], value: unknown, at: string): Mismatch | null {
  if (!Array.isArray(value) || value.length !== expected.length) return difference(at, expected, value);
  return firstOf(expected.map((entry, index) => () => mismatch(entry, value[index], `${at}[${index}]`)));
}

function objectMismatch(expected: Record<string, unknown>, value: unknown, at: string): Mismatch | null {
  if (!isObject(value)) return difference(at, expected, value);
  const keys = Object.keys(expected).sort();
  const got = Object.keys(value).sort();
  if (keys.join() !== got.join())
    return { at, expected: `the keys ${keys.join(', ')}`, got: `the keys ${got.join(', ')}` };
  return firstOf(keys.map((key) => () => mismatch(expected[key], value[key], `${at}.${key}`)));
}

function firstOf(checks: readonly (() => Mismatch | null)[]): Mismatch | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}

function isDescending(values: readonly unknown[]): boolean {
  return values.every((value, index) => index === 0 || String(values[index - 1]) > String(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function difference(at: string, expected: unknown, value: unknown): Mismatch {
  return { at, expected: preview(expected), got: preview(value) };
}

/** As JSON, at most a few hundred characters of it. */
export function preview(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
