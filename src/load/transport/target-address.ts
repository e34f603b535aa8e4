import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { HarnessError } from '../../model/harness-error.ts';
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
    const chosen = known.length === 1 ? null : await firstOpen(known, target.port);
    return { target, ip: chosen ?? known[0] ?? 'ENOTFOUND' };
  } catch (error) {
    return { target, ip: (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND' };
  }
}

async function firstOpen(known: readonly LookupAddress[], port: number): Promise<LookupAddress | null> {
  for (const one of known) {
    const socket = connect({ host: one.address, port, timeout: 1_000 });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return one;
  }
  return null;
}
