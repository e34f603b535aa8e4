import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { HarnessError } from '../../model/harness-error.ts';
import { socketAddress } from './kernel.ts';
import type { TargetAddress, TargetPoint } from './socket.ts';

const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Where a URL's server is. Throws HarnessError when it is no URL of http or https. */
export function parseTarget(targetUrl: string): TargetAddress {
  const url = URL.parse(targetUrl);
  const port = ports[url?.protocol ?? ''];
  if (url === null || port === undefined) {
    throw new HarnessError('usage', `the target ${targetUrl} is no http URL`, 'give it as http://host:port');
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    isSecure: url.protocol === 'https:',
  };
}

/** The Host header's value: as in the URL, without the port that goes without saying. */
export function hostOf({ host, port, isSecure }: TargetAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === ports[isSecure ? 'https:' : 'http:'] ? name : `${name}:${port}`;
}

/** Asks Node for the target's address. Of several, the first that takes a connection; a name nobody knows fails each request. */
export async function resolveTarget(target: TargetAddress): Promise<TargetPoint> {
  try {
    const known = await lookup(target.host, { all: true });
    const [first] = known;
    if (first === undefined) return { target, ip: 'ENOTFOUND' };
    const chosen = known.length === 1 ? first.address : await firstOpen(known, target.port);
    return { target, ip: ipOf(chosen ?? first.address, target.port) };
  } catch (error) {
    return { target, ip: (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND' };
  }
}

async function firstOpen(known: readonly { readonly address: string }[], port: number): Promise<string | null> {
  for (const { address } of known) {
    const socket = connect({ host: address, port, timeout: 1_000 });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return address;
  }
  return null;
}

function ipOf(address: string, port: number): Exclude<TargetPoint['ip'], string | null> {
  const [bare = '', scope = '0'] = address.split('%');
  const family = isIP(bare) === 6 ? 6 : 4;
  const bytes = family === 6 ? ipv6Bytes(bare) : Uint8Array.from(bare.split('.'), Number);
  return { family, sockaddr: socketAddress(bytes, port, Number(scope) || 0) };
}

/** RFC 4291, section 2.2, all three forms. */
function ipv6Bytes(text: string): Uint8Array {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const [a = 0, b = 0, c = 0, d = 0] = dotted?.slice(1).map(Number) ?? [];
  const hex = (high: number, low: number) => (high * 256 + low).toString(16);
  const plain = dotted === null ? text : `${text.slice(0, dotted.index)}${hex(a, b)}:${hex(c, d)}`;
  const [before = '', after] = plain.split('::');
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const head = groupsOf(before);
  const tail = groupsOf(after ?? '');
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}
