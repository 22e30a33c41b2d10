// The front door over HTTP, joined: who signs in where, whose tokens are taken, and what answers beside the MCP endpoint.

import type { Broker } from './auth/broker/broker.ts';
import type { Door } from './auth/door.ts';
import type { People } from './auth/people.ts';
import type { Config } from './config.ts';
import type { Mounted } from './core/reply.ts';
import { Secret } from './core/secret.ts';
import type { Log } from './observe/log.ts';
import type { Sandbox } from './sandbox/index.ts';
import type { Seal } from './stores/seal.ts';
import type { Store } from './stores/store.ts';

export interface FrontDoor {
  readonly door: Door;
  /** Who is signed in in a browser, where people can be. */
  readonly people: People | undefined;
  /** Where Castellan is the authorization server for MCP clients itself. */
  readonly broker: Broker | undefined;
  /** Where people sign in. */
  readonly issuer: string;
  /** The address of the MCP endpoint, as clients see it. */
  readonly publicUrl: string;
  /** What answers for itself. */
  readonly mounted: readonly Mounted[];
}

export interface FrontDoorOptions {
  readonly settings: SignInConfig;
  readonly platforms: readonly { readonly name: string; readonly title: string }[];
  readonly store: Store;
  readonly seal: Pick<Seal, 'keys'>;
  readonly log: Log;
}

type SignInConfig = Pick<Config, 'auth' | 'signIn' | 'broker'>;

/** @returns undefined where nothing says where anybody signs in */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor | undefined> {
  const { settings, platforms, store, seal, log } = options;
  const { auth, signIn } = settings;
  const { publicUrl } = auth;
  const issuer = auth.issuer ?? signIn.issuer;
  if (issuer === undefined || publicUrl === undefined) return undefined;
  const common = { store, seal, now: Date.now, log };
  // Only what is configured is loaded: each of them brings a library with it.
  const people =
    signIn.issuer === undefined
      ? undefined
      : (await import('./auth/people/open.ts')).openPeople({ settings: signIn, auth, publicUrl, fetch, ...common });
  const broker =
    people && auth.issuer === undefined
      ? (await import('./auth/broker/open.ts')).openBroker({
          settings: settings.broker,
          publicUrl,
          people,
          platforms,
          ...common,
        })
      : undefined;
  const { openDoor } = await import('./auth/door.ts');
  const door = openDoor({ settings: auth, broker, fetch, now: Date.now, log });
  return {
    door,
    people,
    broker,
    issuer,
    publicUrl,
    mounted: [people?.mounted, broker?.mounted].filter((each) => each !== undefined),
  };
}

/** Of the simulated organization: its administrators may do everything here and see what everybody does. */
const administrators = 'Okta Administrators';

/** Settings under which people of the simulated organization sign in, where no others are set. */
export function signInAtSandbox<T extends SignInConfig>(settings: T, sandbox: Sandbox, url: string): T {
  const { issuer, clients, setGatewayRedirectUris } = sandbox.okta.oauth.customServer('default');
  const publicUrl = settings.auth.publicUrl ?? `${url}/mcp`;
  setGatewayRedirectUris([`${new URL(publicUrl).origin}/oauth/callback`]);
  return {
    ...settings,
    auth: {
      ...settings.auth,
      publicUrl,
      groupMap: {
        [administrators]: ['castellan:read', 'castellan:write', 'castellan:destroy'],
        ...settings.auth.groupMap,
      },
    },
    signIn: {
      ...settings.signIn,
      issuer,
      provider: 'okta',
      clientId: clients.gateway.id,
      clientSecret: new Secret(clients.gateway.secret),
      scopes: [...settings.signIn.scopes, 'offline_access'],
      operators: [`group:${administrators}`, ...settings.signIn.operators],
    },
  };
}
