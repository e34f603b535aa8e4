import { InvalidArgumentError } from 'commander';
import { unknownName } from '../model/unknown-name.ts';

/** Of options that may be given several times. */
const listParsers = new Set<unknown>();

/** Parsers of option values; what they refuse, commander reports with the flag's name. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

/** Seconds without a unit, as the flag's name says `<s>`. */
export function secondsOption(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a number of seconds above 0, without a unit, as 10.');
  return value;
}

export function positiveCount(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

/** A final status of HTTP. */
export function statusOption(text: string): number {
  const status = Number(text);
  if (!/^\d{3}$/.test(text) || status < 200 || status > 599)
    throw new InvalidArgumentError('It must be a final status of HTTP, 200 to 599.');
  return status;
}

export function portOption(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be a port, 1 to 65535.');
  return port;
}

export function countOrZero(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

/** Far beyond what one machine sends and answers: a slip of the finger. */
const maxRatePerSec = 100_000;

/** `25,100,400` */
export function rateList(text: string): number[] {
  const rates = text.split(',').map(positiveNumber);
  if (rates.some((ratePerSec) => ratePerSec > maxRatePerSec))
    throw new InvalidArgumentError(`It must be at most ${maxRatePerSec} a second.`);
  return rates;
}

/** `2.5%` or `2.5`, as a ratio. */
export function percentOption(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text);
  const ratio = Number(match?.[1]) / 100;
  if (!(ratio > 0) || ratio > 1)
    throw new InvalidArgumentError('It must be a percentage above 0 and at most 100, as 2.5%.');
  return ratio;
}

/** `5%` with its unit, as a ratio: 0.05 and 5 would both be guesses. */
export function halfWidthOption(text: string): number {
  if (!/^\d+(\.\d+)?\s*%$/.test(text)) throw new InvalidArgumentError('It must be a percentage with its unit, as 5%.');
  return percentOption(text);
}

/** `90s`, `10m`, `1.5h`, in milliseconds. */
export function durationOption(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|min|h)$/.exec(text);
  const durationMs = Number(match?.[1]) * (match?.[2] === 's' ? 1_000 : match?.[2] === 'h' ? 3_600_000 : 60_000);
  if (!(durationMs > 0)) throw new InvalidArgumentError('It must be a duration such as 90s, 10m or 1h.');
  return durationMs;
}

/** A day that is on the calendar. */
export function dayOption(text: string): string {
  const day = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  if (!isDay) throw new InvalidArgumentError('It must be a day, as 2026-12-31.');
  return text;
}

/** One of a closed list of words; another is an error that names the nearest. */
export function oneOf<Word extends string>(kind: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw unknownName(kind, text, words);
    return found;
  };
}

/** `bun,rust` */
export function wordList(text: string): string[] {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('')) throw new InvalidArgumentError('It must be a list such as bun,rust.');
  return words;
}

/** For options that may be given several times. */
export const collect = collectChecked((text) => text);

/** The same of texts that `parse` accepts. */
export function collectChecked<Item>(parse: (text: string) => Item) {
  const parser = (text: string, previous: readonly Item[] | undefined): Item[] => [...(previous ?? []), parse(text)];
  listParsers.add(parser);
  return parser;
}

export function isListParser(parser: unknown): boolean {
  return listParsers.has(parser);
}

/** `cpu=2,memory=4GiB`: the size of the group the target is put into. */
export function limitOption(text: string): { cpuCount: number | null; memoryBytes: number | null } {
  const limit: { cpuCount: number | null; memoryBytes: number | null } = { cpuCount: null, memoryBytes: null };
  for (const part of text.split(',')) {
    const [name, value = ''] = part.split('=');
    if (name === 'cpu') limit.cpuCount = positiveNumber(value);
    else if (name === 'memory') limit.memoryBytes = enoughBytes(value);
    else throw new InvalidArgumentError(`"${part}" is neither cpu=N nor memory=SIZE.`);
  }
  return limit;
}

const minMemoryBytes = 16 * 2 ** 20;

/** Below this not even a Go program starts; a forgotten unit ends here too. */
function enoughBytes(text: string): number {
  const bytes = byteCount(text);
  if (bytes < minMemoryBytes)
    throw new InvalidArgumentError(`"${text}" is under 16MiB; is a unit missing, as in 4GiB?`);
  return bytes;
}

const unitBytes = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 } as const;

function byteCount(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(KiB|MiB|GiB|kB|MB|GB|)$/.exec(text);
  if (match === null) throw new InvalidArgumentError(`"${text}" is no size such as 512MiB or 4GiB.`);
  return Number(match[1]) * unitBytes[match[2] as keyof typeof unitBytes];
}
