export const jsonHeaders = { 'content-type': 'application/json' };

export function jsonBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
