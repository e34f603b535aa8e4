import { ProblemDocument } from '../program/problem.ts';

const statusOf = {
  'malformed-json': 400,
  'malformed-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'name-taken': 409,
  'precondition-failed': 412,
  'content-too-large': 413,
  'unsupported-media-type': 415,
  'expectation-failed': 417,
  invalid: 422,
  'precondition-required': 428,
  'head-too-large': 431,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemType = keyof typeof statusOf;

const headersOf: Partial<Record<ProblemType, Record<string, string>>> = {
  unauthorized: { 'www-authenticate': 'Bearer' },
  unavailable: { 'retry-after': '1' },
};

export class Problem extends ProblemDocument<ProblemType> {
  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(type, statusOf[type], detail, { ...headersOf[type], ...headers });
  }
}
