// castellan login without a place: what there is to sign in to, for the person to choose from.

import { showUrl } from '../chat/connect-failure.ts';
import { listServers } from '../chat/sign-in/kept.ts';
import type { Config } from '../config.ts';
import { throwFaults } from './output.ts';
import { personTenants } from './person.ts';
import { isAddress, openVault, readAddress } from './remote.ts';

interface Place {
  readonly value: string;
  readonly label: string;
}

/** @returns what could have been written after login; @throws UsageError where nobody can be asked */
export async function choosePlace(config: Config): Promise<string> {
  const places = await listPlaces(config);
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    const known = places.map(({ value, label }) => `    castellan login ${value}   (${label})`);
    const todo = ['Name a platform (okta, scalekit), a tenant or the address of an MCP server.', ...known].join('\n');
    throwFaults([{ where: 'place', problem: 'is missing', todo }]);
  }
  const { isCancel, select, text } = await import('@clack/prompts');
  const other = { value: '', label: 'Another MCP server, by its address' };
  const chosen = await select({ message: 'Sign in to', options: [...places, other] });
  if (isCancel(chosen)) process.exit(130);
  if (chosen !== '') return chosen;
  const typed = await text({
    message: 'Its address',
    placeholder: 'https://mcp.acme.com/mcp',
    validate: (given = '') =>
      isAddress(given) && 'url' in readAddress(given) ? undefined : 'Write it whole, with https://',
  });
  if (isCancel(typed)) process.exit(130);
  return typed;
}

async function listPlaces(config: Config): Promise<Place[]> {
  const tenants = personTenants(config).map(({ name, platform }) => ({ value: name, label: `${name}, ${platform}` }));
  const servers = await listServers(openVault(config));
  return [...tenants, ...servers.map((url) => ({ value: url.href, label: `${showUrl(url)}, MCP server` }))];
}
