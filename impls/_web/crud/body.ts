import { isJson } from '../../_node/crud/body.ts';
import { Problem } from '../../_node/crud/problem.ts';

export { isJson };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The whole body. @throws Problem `content-too-large`, by its length or as soon as it is longer; `malformed-request` where it breaks off */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declaredBytes = Number(request.headers.get('content-length') ?? 0);
  if (declaredBytes > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    if (request.headers.has('content-length')) return new Uint8Array(await request.arrayBuffer());
    for await (const chunk of request.body ?? []) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('malformed-request', 'the body ended early or cannot be read');
  }
  return chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks, sizeBytes);
}

function tooLarge(): Problem {
  return new Problem('content-too-large', 'the body is larger than this route allows');
}

/** @throws Problem `malformed-json` */
export function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new Problem('malformed-json', 'the body is not JSON in UTF-8');
  }
}

type Check = (value: unknown) => boolean;

/** An object of exactly these keys, each as its check wants it. @throws Problem `invalid` */
export function exactly<Key extends string>(
  value: unknown,
  checks: Readonly<Record<Key, Check>>,
): Record<Key, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const keys = isObject ? Object.keys(value) : [];
  const wanted = Object.keys(checks);
  if (!isObject || keys.length !== wanted.length)
    throw new Problem('invalid', `an object of ${wanted.join(', ')} is wanted`);
  const object = value as Record<Key, unknown>;
  for (const [key, check] of Object.entries<Check>(checks)) {
    if (!Object.hasOwn(object, key) || !check(object[key as Key]))
      throw new Problem('invalid', `${key} is missing or not as it must be`);
  }
  return object;
}

/** Lengths count code points. */
export function textOf(minLength: number, maxLength: number): Check {
  return (value) => {
    if (typeof value !== 'string' || value.length > 2 * maxLength) return false;
    const length = [...value].length;
    return length >= minLength && length <= maxLength;
  };
}
