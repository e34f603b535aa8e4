import type { HttpResponse } from '../conformance/client/http-client.ts';
import type { RawAnswer } from '../conformance/client/raw-exchange.ts';
import { parseJson } from '../conformance/vectors/expectation.ts';
import type { FuzzGrammar } from '../model/fuzz.ts';

/** What is compared of an answer. */
export interface Outcome {
  readonly status: number | 'none' | 'silent';
  /** Without parameters; null: there is none. */
  readonly mediaType: string | null;
  /** Keys and types of a JSON body, the length of another; the type of a problem. */
  readonly shape: string;
  /** Headers that the contract asks for, by presence; Allow with its methods in order. */
  readonly headers: string;
  /** Answers that came after the first, where they were listened for. */
  readonly furtherCount: number;
}

const presentHeaders = ['etag', 'location', 'link', 'x-cache', 'www-authenticate', 'retry-after'];

type Shaping = Pick<FuzzGrammar, 'comparedTexts' | 'timedKeys'>;

export function outcomeOf(answer: RawAnswer, shaping: Shaping): Outcome {
  if (answer.kind !== 'answered') {
    return { status: answer.kind, mediaType: null, shape: '', headers: '', furtherCount: 0 };
  }
  const { response, furtherCount } = answer;
  const contentType = response.headers.get('content-type');
  return {
    status: response.status,
    mediaType: contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? null,
    shape: shapeOfBody(response, shaping),
    headers: shapeOfHeaders(response),
    furtherCount,
  };
}

function shapeOfHeaders({ headers }: HttpResponse): string {
  const present = presentHeaders.filter((name) => headers.has(name));
  const allow = headers.get('allow');
  const methods = allow === undefined ? [] : [`allow ${allow.split(/, */).sort().join(' ')}`];
  return [...present, ...methods].join(', ');
}

function shapeOfBody(response: HttpResponse, shaping: Shaping): string {
  if (response.body.length === 0) return '';
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?json/.test(type)) return `${response.body.length} bytes`;
  return shapeOf(parseJson(response), shaping, null);
}

function shapeOf(value: unknown, shaping: Shaping, key: string | null): string {
  if (value === undefined) return 'not JSON';
  if (key !== null && shaping.timedKeys.includes(key)) return 'timed';
  if (Array.isArray(value))
    return `[${[...new Set(value.map((item) => shapeOf(item, noTexts(shaping), null)))].sort()}]`;
  if (value !== null && typeof value === 'object') return shapeOfObject(value, shaping);
  if (typeof value === 'string')
    return key !== null && shaping.comparedTexts.includes(key) ? JSON.stringify(value) : 'text';
  return String(value);
}

function shapeOfObject(value: object, shaping: Shaping): string {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${key}: ${shapeOf(entry, shaping, key)}`).join(', ')}}`;
}

/** Of a list only the kinds of its items count: how many there are follows from earlier requests. */
function noTexts({ timedKeys }: Shaping): Shaping {
  return { timedKeys: [...timedKeys, 'version', 'sizeBytes'], comparedTexts: [] };
}

export function outcomeKey(outcome: Outcome): string {
  const { status, mediaType, shape, headers, furtherCount } = outcome;
  const further = furtherCount === 0 ? '' : ` and ${furtherCount} further answers`;
  return [status, mediaType ?? '', shape, headers].filter((part) => part !== '').join(' | ') + further;
}
