import type { Chance, FuzzStep } from '../../../src/model/fuzz.ts';

/** A request before it is made odd. All texts are Latin-1: a character is a byte. */
export interface Draft {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Whole lines. */
  readonly headers: readonly string[];
  /** null: no body and nothing said of one. */
  readonly body: string | null;
  /** What says where the body ends; null: a Content-Length of its size. */
  readonly framing: readonly string[] | null;
  readonly captures?: FuzzStep['captures'];
  readonly listensOn?: true;
}

/** One way to make a request odd. */
export type Oddity = (draft: Draft, random: Chance) => Draft;

/** Set when the request is sent: the variables in a body are replaced by texts of other lengths. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the fuzzer
const ownLength = 'Content-Length: ${bodyLength}';

export const host = 'Host: paceline.test';

export function draftOf(method: string, target: string, more: Partial<Draft> = {}): Draft {
  return { method, target, version: 'HTTP/1.1', headers: [host], body: null, framing: null, ...more };
}

export function stepOf(draft: Draft): FuzzStep {
  const { method, target, version, headers, body, framing, captures, listensOn } = draft;
  const framed = framing ?? (body === null ? [] : [ownLength]);
  const head = [`${method} ${target} ${version}`, ...headers, ...framed].join('\r\n');
  return {
    template: `${head}\r\n\r\n${body ?? ''}`,
    ...(captures === undefined ? {} : { captures }),
    ...(listensOn === undefined ? {} : { listensOn }),
  };
}

export function pick<T>(random: Chance, choices: readonly T[]): T {
  return choices[random.below(choices.length)] as T;
}

/** UTF-8 bytes as Latin-1 text. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function withHeader(draft: Draft, line: string): Draft {
  return { ...draft, headers: [...draft.headers, line] };
}

/** In place of the header's lines, if there are any; behind the others else. */
export function withOnly(draft: Draft, name: string, lines: readonly string[]): Draft {
  const others = draft.headers.filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return { ...draft, headers: [...others, ...lines] };
}
