// biome-ignore-all lint/suspicious/noControlCharactersInRegex: it is about bytes

import type { AllowedDifference } from '../../src/model/fuzz.ts';
import { framingOf, headerValues } from '../../src/model/request-bytes.ts';

/**
 * What implementations may answer unlike, as bytes.md says it for people. Mostly it is what HTTP forbids and one server's parser
 * refuses while another's is lenient: those are the stacks' own, and replacing them would measure a stack that is not in use. An
 * entry sets aside the implementations that answer so; all others must agree.
 */
export const allowedDifferences: readonly AllowedDifference[] = [
  {
    id: 'request-line',
    why: 'a request line that RFC 9112 (3) does not allow is refused by each parser in its own words, and some repair it',
    applies: ({ head }) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s]+ HTTP\/\d\.\d(\r?\n|$)/.test(head),
    mayAnswer: [400, 404, 405, 414, 505, 'none'],
  },
  {
    id: 'before-the-first-line',
    why: 'one empty line before a request is to be ignored (RFC 9112, 2.2); more, or anything else, is each parser’s own affair',
    applies: ({ text }) => /^\s/.test(text),
    mayAnswer: [400, 405, 'none'],
  },
  {
    id: 'method',
    why: 'parsers with a list of registered methods (Node, uvicorn) refuse others, Node’s ends the connection at CONNECT, and gunicorn wants 3 to 20 letters; all others answer 405',
    applies: ({ method }) => !['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'].includes(method),
    mayAnswer: [400, 404, 'none'],
  },
  {
    id: 'version',
    why: 'a version other than HTTP/1.1 and HTTP/1.0 is refused as 400 or 505, or served like 1.1',
    applies: ({ version }) => version !== 'HTTP/1.1' && version !== 'HTTP/1.0',
    mayAnswer: [400, 505, 'none'],
  },
  {
    id: 'target-form',
    why: 'a target that is no path and no http URI (RFC 9112, 3.2) is an unknown route or malformed',
    applies: ({ target }) => !target.startsWith('/') && !/^https?:\/\/[\w.-]+(:\d+)?(\/|\?|$)/.test(target),
    mayAnswer: [400, 404],
  },
  {
    id: 'absolute-target',
    why: 'an http URI as the target is for proxies; a server takes its path (RFC 9112, 3.2.2), and some routers know only one spelling of the scheme',
    applies: ({ target }) => /^https?:\/\//i.test(target),
    mayAnswer: [400, 404, 405],
  },
  {
    id: 'target-characters',
    why: 'characters that RFC 3986 does not allow in a URI, and broken escapes in a path: net/url and httptools refuse some as 400 before there is a route',
    applies: ({ target }) =>
      /%(?![0-9A-Fa-f]{2})/.test(target.split('?', 1)[0] ?? '') || /["<>\\^`{|}\x00-\x20\x7f-\xff]/.test(target),
    mayAnswer: [400, 505],
  },
  {
    id: 'line-ends',
    why: 'lines that do not end with CRLF, and lines folded in two (RFC 9112, 2.2 and 5.2), are refused by strict parsers and read by lenient ones',
    applies: ({ head }) => /(^|[^\r])\n|\r(?!\n)|\n[ \t]/.test(head),
    mayAnswer: [400, 505, 'none'],
  },
  {
    id: 'header-names',
    why: 'a header line without a colon right behind a token (RFC 9112, 5.1)',
    applies: ({ headerLines }) => headerLines.some((line) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(line)),
    mayAnswer: [400],
  },
  {
    id: 'control-characters',
    why: 'control characters in a header’s value (RFC 9110, 5.5): all refuse most of them, not all refuse all',
    applies: ({ head }) => /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(head),
    mayAnswer: [400],
  },
  {
    id: 'host',
    why: 'HTTP/1.1 asks for one valid Host (RFC 9112, 3.2). This service has no use for it: Node and Go refuse one that is missing, gunicorn and Go one that is repeated, Go one that is malformed',
    applies: (request) => !isOneHost(headerValues(request, 'host')),
    mayAnswer: [400],
  },
  {
    id: 'framing',
    why: 'a body whose length is said twice, not as a number, by another coding than chunked, or in chunks with extensions, trailers or odd sizes (RFC 9112, 6 and 7.1): refused as 400, 413 or 501, or read',
    applies: (request) => framingOf(request).kind === 'odd',
    // 503: after a while the fuzzer hangs up, and then Go has no client to ask the database for.
    mayAnswer: [400, 413, 501, 503, 'none'],
  },
  {
    id: 'incomplete',
    why: 'a request that ends before its own framing says so: some answer 400, some end the connection, some refuse what they have read',
    applies(request) {
      const framing = framingOf(request);
      return !/\r\n\r\n$/.test(request.head) || (framing.kind === 'plain' && framing.missingCount > 0);
    },
    mayAnswer: [400, 408, 503, 'none'],
  },
  {
    id: 'bytes-behind',
    why: 'bytes behind the end of a request that begin no other one: Node and uvicorn refuse them before they have answered the request',
    applies(request) {
      const framing = framingOf(request);
      return (
        framing.kind === 'plain' && framing.behind !== '' && !/^(\r\n)?[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(framing.behind)
      );
    },
    mayAnswer: [400, 'none'],
  },
  {
    id: 'pipelined',
    why: 'a further request before the answer to the first: Bun.serve ends the connection while an answer waits for the database',
    applies(request) {
      const framing = framingOf(request);
      return framing.kind === 'plain' && framing.behind !== '';
    },
    mayAnswer: [400, 'none'],
  },
  {
    id: 'expectation',
    why: 'a server may refuse an Expect other than 100-continue as 417 or ignore it (RFC 9110, 10.1.1)',
    applies: (request) => headerValues(request, 'expect').some((value) => value.toLowerCase() !== '100-continue'),
    mayAnswer: [417],
  },
  {
    id: 'head-size',
    why: 'more than the least that every implementation takes: 64 header lines, 8,000 bytes in one of them or in the target, 14,000 in all',
    applies: ({ head, headerLines }) =>
      headerLines.length > 64 || head.length > 14_000 || head.split('\n').some((line) => line.length > 8_000),
    mayAnswer: [400, 414, 431, 'none'],
  },
  {
    id: 'repeated-content-type',
    why: 'more than one Content-Type is no media type, 415; gunicorn’s parser refuses it at once',
    applies: (request) => headerValues(request, 'content-type').length > 1,
    mayAnswer: [400],
  },
  {
    id: 'upgrade-with-a-body',
    why: 'uvicorn’s parser ends at the head of a request that asks to upgrade, so that its body could not be read; Deno.serve refuses one that declares a body, be it empty',
    applies: (request) =>
      headerValues(request, 'upgrade').length > 0 &&
      (request.body !== '' || headerValues(request, 'content-length').length > 0),
    mayAnswer: [400],
  },
  {
    id: 'deep-json',
    why: 'JSON nested deeper than 9,000, or deeper than 900 and malformed: CPython stops at its recursion limit before it has seen what is wrong, encoding/json at 10,000',
    applies({ body }) {
      const depth = depthOf(body);
      return depth > 9_000 || (depth > 900 && !isJson(body));
    },
    mayAnswer: [400, 422],
  },
];

function isOneHost(values: readonly string[]): boolean {
  return values.length === 1 && /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{0,5})?$/.test(values[0] ?? '');
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** How deep brackets open before they close, whether they stand in strings or not. */
function depthOf(body: string): number {
  let depth = 0;
  let deepest = 0;
  for (const char of body.length > 100_000 ? '' : body) {
    if (char === '[' || char === '{') depth += 1;
    if (char === ']' || char === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
