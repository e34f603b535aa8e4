import type { BodyPart, VectorRequest } from './vector.ts';

type Described = Pick<VectorRequest, 'json' | 'text' | 'base64' | 'parts' | 'padToBytes'>;

/** The bytes a vector describes; null where it describes none. */
export function describedBytes(described: Described): Buffer | null {
  const bytes = unpadded(described);
  const missingCount = (described.padToBytes ?? 0) - (bytes?.length ?? 0);
  return bytes === null || missingCount <= 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missingCount, ' ')]);
}

function unpadded({ json, text, base64, parts }: Described): Buffer | null {
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return parts === undefined ? null : Buffer.concat(parts.map(partBytes));
}

function partBytes(part: BodyPart): Buffer {
  if ('text' in part) return Buffer.from(part.text);
  if ('base64' in part) return Buffer.from(part.base64, 'base64');
  if ('repeat' in part) return Buffer.from(part.repeat.repeat(part.count));
  const bytes = Buffer.alloc(part.float32.length * 4);
  for (const [index, value] of part.float32.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}
