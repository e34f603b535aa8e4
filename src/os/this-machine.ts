import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Loopback and unspecified addresses, however written (an IPv4 one in IPv6 too), and those of this machine's own interfaces. */
export function isThisMachine(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const family = isIP(host);
  if (family === 0) return false;
  return thisMachine().check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function thisMachine(): BlockList {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8, 'ipv4');
  addresses.addAddress('0.0.0.0', 'ipv4');
  for (const address of ['::1', '::']) addresses.addAddress(address, 'ipv6');
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((own) => own ?? []))
    addresses.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  return addresses;
}
