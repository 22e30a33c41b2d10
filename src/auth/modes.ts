// What must hold of whose tokens are taken and of where people sign in, together.

import type { Fault } from '../core/settings.ts';
import { isOurs } from './broker/redirect-uris.ts';
import type { BrokerSettings } from './broker/settings.ts';
import { type AuthSettings, authSettings } from './settings.ts';
import type { SignInSettings } from './sign-in-settings.ts';

export interface DoorConfig {
  readonly auth: AuthSettings;
  readonly signIn: SignInSettings;
  readonly broker: BrokerSettings;
}

/** Where anybody in the world can have an account. One that a company has for itself there looks the same from here. */
const open =
  /^https:\/\/(accounts\.google\.com|login\.microsoftonline\.com\/(common|organizations|consumers|9188040d-[\da-f-]+)|login\.live\.com|gitlab\.com|appleid\.apple\.com|slack\.com|www\.linkedin\.com|login\.salesforce\.com|api\.login\.yahoo\.com|www\.facebook\.com|id\.twitch\.tv)(\/|$)/;

/** @param isSaid whether somebody has set one of `auth`, be it a value that was refused by itself and is absent */
export function findDoorFaults(
  { auth, signIn, broker }: DoorConfig,
  isSaid: (name: 'everybody' | 'publicUrl') => boolean,
): Fault[] {
  if (auth.issuer !== undefined) {
    // Whoever wrote them down believes that they let somebody in.
    // What was refused by itself is absent.
    const set: Partial<BrokerSettings> = broker;
    const names = (['clients', 'machines', 'assertionIssuers'] as const).filter((name) => set[name]?.length);
    const problem = 'is not used: tokens are those of auth.issuer, which knows its own clients';
    const todo =
      'Leave it out, or set signIn.issuer in the place of auth.issuer, so that Castellan issues tokens itself.';
    return names.map((name) => ({ where: `broker.${name}`, problem, todo }));
  }
  if (signIn.issuer === undefined) return [];
  const faults: Fault[] = [];
  if (!isSaid('everybody') && open.test(signIn.issuer))
    faults.push({
      where: authSettings.everybody.env[0],
      problem: `is not set, and at ${new URL(signIn.issuer).host} anybody in the world can have an account: all of them could read`,
      todo: 'Say castellan:read if only your own people can sign in to your application there; else write "everybody": [] in the file, and give rights by groupMap.',
    });
  if (auth.publicUrl === undefined && !isSaid('publicUrl')) {
    const { env, description } = authSettings.publicUrl;
    faults.push({ where: env[0], problem: 'is missing, and people are to sign in', todo: description });
  }
  if (auth.publicUrl !== undefined) faults.push(...findOwnAddresses(broker, new URL(auth.publicUrl).origin));
  return faults;
}

/** No client returns to where the provider sends people back to us. */
function findOwnAddresses({ clients = [] }: Partial<BrokerSettings>, origin: string): Fault[] {
  return clients
    .filter(({ redirectUris }) => redirectUris.some((uri) => isOurs(uri, origin)))
    .map(({ id }) => ({
      where: 'broker.clients',
      problem: `the client ${id} would return people to an address of this server`,
      todo: 'Give the addresses of the client itself as its redirectUris.',
    }));
}
