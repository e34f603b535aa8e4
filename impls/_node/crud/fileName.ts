import { Problem } from './problem.ts';
import { readQuery } from './query.ts';

const maxBytes = 255;

/** The `name` of a new file. @throws Problem `invalid` */
export function readFileName(queryText: string): string {
  const { name } = readQuery(queryText, 'name');
  if (name === undefined || name === '') throw new Problem('invalid', 'name is missing');
  if (Buffer.byteLength(name) > maxBytes) throw new Problem('invalid', `name is longer than ${maxBytes} bytes`);
  if (/\p{Cc}/u.test(name)) throw new Problem('invalid', 'name has a control character');
  return name;
}
