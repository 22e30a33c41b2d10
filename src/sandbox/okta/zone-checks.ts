// What Okta refuses in a network zone that somebody wants to write.

import type { Part } from './policy-parts.ts';
import { invalid } from './problems.ts';
import type { ZoneRecord } from './zone-seed.ts';

type ZoneContent = Pick<ZoneRecord, 'type' | 'usage' | 'body'>;

export function checkZone(body: Part): ZoneContent {
  const { type, usage = 'POLICY' } = body;
  if (type !== 'IP' && type !== 'DYNAMIC' && type !== 'DYNAMIC_V2')
    throw invalid('type', 'The network zone type must be IP, DYNAMIC or DYNAMIC_V2.');
  if (usage !== 'POLICY' && usage !== 'BLOCKLIST') throw invalid('usage', "It must be 'POLICY' or 'BLOCKLIST'.");
  return { type, usage, body: readers[type](body) };
}

const readers: Readonly<Record<ZoneRecord['type'], (body: Part) => Part>> = {
  IP: readAddresses,
  DYNAMIC: readDynamic,
  DYNAMIC_V2: readEnhanced,
};

function readAddresses(body: Part): Part {
  const gateways = readList(body.gateways, 'gateways', 150).map((address) => readAddress(address, 'gateways'));
  const proxies = readList(body.proxies, 'proxies', 150).map((address) => readAddress(address, 'proxies'));
  const exempt = body.useAsExemptList;
  if (exempt !== undefined && typeof exempt !== 'boolean')
    throw invalid('useAsExemptList', 'It must be true or false.');
  if (gateways.length + proxies.length === 0 && exempt !== true)
    throw invalid('gateways', 'An IP zone needs at least one gateway or proxy address.');
  return { ...(exempt === undefined ? {} : { useAsExemptList: exempt }), gateways, proxies };
}

function readDynamic(body: Part): Part {
  const { proxyType } = body;
  if (
    proxyType !== undefined &&
    proxyType !== null &&
    !['null', 'Any', 'Tor', 'NotTorAnonymizer'].includes(`${proxyType}`)
  )
    throw invalid('proxyType', 'The proxy type is not valid.');
  const locations = readLocations(body.locations, 'locations');
  const asns = readNumbers(body.asns, 'asns');
  if (locations.length + asns.length === 0 && (proxyType === undefined || proxyType === null || proxyType === 'null'))
    throw invalid('locations', 'A dynamic zone needs at least one location, ASN or proxy type.');
  return { ...(typeof proxyType === 'string' ? { proxyType } : {}), locations, asns };
}

function readEnhanced(body: Part): Part {
  const content = {
    locations: readSides(body.locations, 'locations', readLocations),
    asns: readSides(body.asns, 'asns', readNumbers),
    ipServiceCategories: readSides(body.ipServiceCategories, 'ipServiceCategories', readCategories),
  };
  const sides = Object.values(content);
  if (sides.every(({ include, exclude }) => include.length + exclude.length === 0))
    throw invalid('locations', 'An enhanced dynamic zone needs at least one condition.');
  return content;
}

function readList(value: unknown, path: string, most = 75): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(path, 'It must be a list.');
  if (value.length > most) throw invalid(path, `The list may have ${most} entries at most.`);
  return value;
}

function readSides<T>(value: unknown, path: string, read: (list: unknown, path: string) => T[]) {
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw invalid(path, "It must have 'include' and 'exclude'.");
  const sides = (value ?? {}) as Part;
  return { include: read(sides.include, `${path}.include`), exclude: read(sides.exclude, `${path}.exclude`) };
}

function readNumbers(value: unknown, path: string): string[] {
  return readList(value, path).map((asn) => {
    if (typeof asn !== 'string' || !/^\d{1,10}$/.test(asn)) throw invalid(path, `'${asn}' is not an ASN.`);
    return asn;
  });
}

function readCategories(value: unknown, path: string): string[] {
  return readList(value, path).map((category) => {
    if (typeof category !== 'string' || !/^[A-Z0-9_]+$/.test(category))
      throw invalid(path, `'${category}' is not an IP service category.`);
    return category;
  });
}

function readLocations(value: unknown, path: string): Part[] {
  return readList(value, path).map((location) => {
    const { country, region } = (location ?? {}) as Part;
    if (typeof country !== 'string' || !/^[A-Z]{2}$/.test(country))
      throw invalid(path, 'The country must be an ISO 3166 code of two letters.');
    if (region === undefined || region === null) return { country };
    if (typeof region !== 'string' || !region.startsWith(`${country}-`))
      throw invalid(path, 'The region must be an ISO 3166-2 code of the country.');
    return { country, region };
  });
}

function readAddress(value: unknown, path: string): Part {
  const { type, value: text } = (value ?? {}) as Part;
  if (typeof text !== 'string' || (type !== 'CIDR' && type !== 'RANGE'))
    throw invalid(path, 'An address needs a type, CIDR or RANGE, and a value.');
  const right = type === 'CIDR' ? isCidr(text) : isRange(text);
  if (!right) throw invalid(path, `'${text}' is not a valid ${type}.`);
  return { type, value: text };
}

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const most = address.includes(':') ? 128 : 32;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most && isAddress(address);
}

/** 'first-last', or one address alone. */
function isRange(text: string): boolean {
  const ends = text.split('-');
  return ends.length <= 2 && ends.every(isAddress);
}

function isAddress(text: string): boolean {
  if (text.includes(':')) return /^[0-9a-f:]{2,39}$/i.test(text);
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}
