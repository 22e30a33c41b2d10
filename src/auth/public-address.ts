// Which addresses of the internet are public: what strangers name may lead to these alone.

import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registry, multicast and what is reserved; and where clouds keep what only their guests may see. */
const special4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** All unicast of the internet (RFC 4291 §2.4): mapped, translated, local and multicast addresses lie outside. */
const unicast6 = ['2000::', 3] as const;

/** Within it: protocols and Teredo, documentation, 6to4, which leads to any IPv4 address, and AS112. */
const special6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const blocked4 = listOf(special4, 'ipv4');
const blocked6 = listOf(special6, 'ipv6');
const open6 = listOf([unicast6], 'ipv6');

function listOf(nets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family);
  return list;
}

export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false;
  const family = isIP(address);
  if (family === 4) return !blocked4.check(address, 'ipv4');
  return family === 6 && open6.check(address, 'ipv6') && !blocked6.check(address, 'ipv6');
}

/** Names that are never anybody's on the internet (RFC 6761, RFC 6762, RFC 8375, RFC 9476, `.internal`). */
const localName = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|onion|test|invalid|example|alt)$/;

/**
 * Why an address that a stranger named is not asked at all; undefined for one that may be resolved. It must be written as
 * URL parsers write it: where they differ in reading it, one of them could be led elsewhere.
 */
export function findAddressProblem(text: string, anyPort = false): string | undefined {
  const url = text.length <= 2_000 && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.href !== text) return 'is no address in its normal form';
  if (url.protocol !== 'https:') return 'is not https';
  if (url.username !== '' || url.password !== '') return 'names a user';
  if (text.includes('#')) return 'has a fragment';
  if (anyPort) return undefined;
  if (url.port !== '') return 'names a port';
  const host = url.hostname;
  if (host.startsWith('[') || isIP(host)) return 'is of an IP address, not of a name';
  if (!/^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/.test(host) || host.length > 253)
    return 'has no host name of the internet';
  return localName.test(host) ? 'is of a local name' : undefined;
}
