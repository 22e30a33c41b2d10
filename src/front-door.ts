// The front door over HTTP, joined: who signs in where, whose tokens are taken, and what answers beside the MCP endpoint.

import { type App, platforms } from './app.ts';
import type { Broker } from './auth/broker/broker.ts';
import { isReserved } from './auth/broker/subjects.ts';
import type { Door, DoorOptions } from './auth/door.ts';
import type { People } from './auth/people.ts';
import { providers } from './auth/provider.ts';
import type { Config } from './config.ts';
import { isLoopbackName } from './core/address.ts';
import type { Mounted } from './core/reply.ts';
import { Secret } from './core/secret.ts';
import type { ConsoleOptions } from './http/console/visit.ts';
import type { Sandbox } from './sandbox/index.ts';
import { type SandboxSignIn, signInAtOkta } from './sandbox/sign-in.ts';
import { version } from './version.ts';

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

type SignInConfig = Pick<Config, 'auth' | 'signIn' | 'broker'>;
type Served = Pick<
  App,
  'sandbox' | 'store' | 'seal' | 'log' | 'approvals' | 'calls' | 'health' | 'decideAt' | 'connected'
>;

/** @returns undefined where nothing says where anybody signs in */
export async function openFrontDoor(app: Served, settings: SignInConfig): Promise<FrontDoor | undefined> {
  const { auth, signIn } = settings;
  const { publicUrl } = auth;
  const issuer = auth.issuer ?? signIn.issuer;
  if (issuer === undefined || publicUrl === undefined) return undefined;
  const common = { store: app.store, seal: app.seal, now: Date.now, log: app.log };
  // Only what is configured is loaded: each of them brings a library with it.
  const people =
    signIn.issuer === undefined
      ? undefined
      : (await import('./auth/people/open.ts')).openPeople({ settings: signIn, auth, publicUrl, fetch, ...common });
  const broker =
    people && signIn.issuer !== undefined && auth.issuer === undefined
      ? (await import('./auth/broker/open.ts')).openBroker({
          settings: settings.broker,
          publicUrl,
          people,
          platforms,
          fetch,
          peopleOf: signIn.issuer,
          signInAt: placeOf(signIn.issuer, signIn, auth),
          // Clients on this machine may be known by documents there where everything is simulated, and nobody else asks.
          allowFor: app.sandbox && isHere(new URL(publicUrl)) ? isHere : undefined,
          ...common,
        })
      : undefined;
  const pages =
    people &&
    (await openPages(app, people, broker, { issuer: signIn.issuer ?? issuer, clientsIssuer: issuer, publicUrl }));
  const { openDoor } = await import('./auth/door.ts');
  const subjects = subjectsFor(app, people, broker, signIn.issuer);
  const reached = app.connected.filter(({ tenants }) => tenants.size > 0).map(({ platform }) => platform.name);
  const door = openDoor({ settings: auth, broker, subjects, platforms: reached, fetch, now: Date.now, log: app.log });
  return {
    door,
    people,
    broker,
    issuer,
    publicUrl,
    mounted: [people?.mounted, broker?.mounted, pages].filter((each) => each !== undefined),
  };
}

/** The identity provider at which people sign in, as its tokens tell it. */
function placeOf(issuer: string, { provider: name }: Config['signIn'], { subjectClaim, tenant }: Config['auth']) {
  const provider = providers[name];
  return {
    issuer: provider.tokenIssuer(issuer),
    subjectClaims: subjectClaim === undefined ? (provider.idTokenSubjects ?? provider.subjectClaims) : [subjectClaim],
    tenant: tenant ?? provider.tenantOf?.(issuer),
  };
}

/** What stands for callers, kept at hand only where a tenant is used with callers' own rights. */
function subjectsFor(
  { connected }: Pick<App, 'connected'>,
  people: People | undefined,
  broker: Broker | undefined,
  signInIssuer: string | undefined,
): DoorOptions['subjects'] {
  const needed = connected.some(({ tenants }) => [...tenants.values()].some(({ actsAs }) => actsAs === 'caller'));
  if (!needed) return undefined;
  if (!broker || !people) return 'inbound';
  return (id) => (isReserved(id) ? undefined : { ...people.subjectOf(id), issuer: signInIssuer });
}

async function openPages(
  app: Served,
  people: People,
  broker: Broker | undefined,
  addresses: Pick<ConsoleOptions, 'issuer' | 'clientsIssuer' | 'publicUrl'>,
): Promise<Mounted> {
  const [{ openConsole }, { describeScope }] = await Promise.all([
    import('./http/console/console.ts'),
    import('./auth/broker/scopes.ts'),
  ]);
  const { approvals, calls, health, log } = app;
  app.decideAt(new URL('/approvals', addresses.publicUrl).href);
  return openConsole({
    people,
    consents: broker?.consents,
    approvals,
    calls,
    health,
    ...addresses,
    describeScope: (scope) => describeScope(scope, platforms),
    version,
    now: Date.now,
    log,
  });
}

function isHere({ hostname }: URL): boolean {
  return isLoopbackName(hostname);
}

/** Settings under which people of the simulated organization sign in, where no others are set. */
export function signInAtSandbox<T extends SignInConfig>(settings: T, sandbox: Sandbox, url: string): T {
  return signInAtSimulated(settings, signInAtOkta(sandbox), url);
}

/** The same at any of the simulated identity providers: administrators may do everything here and see what everybody does. */
export function signInAtSimulated<T extends SignInConfig>(settings: T, at: SandboxSignIn, url: string): T {
  const publicUrl = settings.auth.publicUrl ?? `${url}/mcp`;
  at.setRedirectUris([`${new URL(publicUrl).origin}/oauth/callback`]);
  const { administrators } = at.groups;
  // Clients register themselves there, so nothing need stand between: tokens come from there as well.
  const open = at.registerServer?.(publicUrl);
  return {
    ...settings,
    auth: {
      ...settings.auth,
      publicUrl,
      ...(at.tenant !== undefined && { tenant: at.tenant }),
      ...(open && { issuer: open.issuer, provider: at.provider }),
      groupMap: {
        [administrators]: ['castellan:read', 'castellan:write', 'castellan:destroy'],
        ...settings.auth.groupMap,
      },
    },
    signIn: {
      ...settings.signIn,
      issuer: at.issuer,
      provider: at.provider,
      clientId: at.clientId,
      clientSecret: new Secret(at.clientSecret),
      operators: [`group:${administrators}`, ...settings.signIn.operators],
    },
  };
}
