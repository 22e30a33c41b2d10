// Callers' own sessions at OCI: each has one for the token that they signed in with, bound to a key of its own; renewed at half of
// its life, asked for once, and never another's.

import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Caller } from '../../../src/core/caller.ts';
import { CastellanError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { loadDefaults } from '../../../src/core/settings.ts';
import type { Tenant } from '../../../src/core/tool.ts';
import type { OciClient } from '../../../src/platforms/oci/client.ts';
import { openOciTenant } from '../../../src/platforms/oci/index.ts';
import { ociSettings } from '../../../src/platforms/oci/settings.ts';
import { openSandbox, type Sandbox, type SandboxOci } from '../../../src/sandbox/index.ts';

const admin = 'helena.brandt@larkspur.example';
const other = 'declan.kinsella@larkspur.example';
const minute = 60_000;
const scopes = ['urn:opc:idm:__myscopes__'];

let sandbox: Sandbox;
let oci: SandboxOci;
let later = 0;
let sent: { readonly url: string; readonly headers: Headers; readonly form: URLSearchParams }[] = [];
/** In the place of the domain's answer to an exchange, and of the services' to what is signed. */
let answer: (() => Response | Promise<Response>) | undefined;
let refuse: (() => Response | undefined) | undefined;
const now = () => Date.now() + later;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 60, now });
  oci = await sandbox.oci();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  later = 0;
  sent = [];
  answer = undefined;
  refuse = undefined;
});

const isExchange = ({ url }: { readonly url: string }) => url.endsWith('/oauth2/v1/token');
const exchanges = () => sent.filter(isExchange);
const signed = () => sent.filter((each) => !isExchange(each));
const keyIdOf = ({ headers }: { readonly headers: Headers }) =>
  /keyId="([^"]+)"/.exec(headers.get('authorization') ?? '')?.[1];

function openTenant(more: Partial<Parameters<typeof openOciTenant>[1]> = {}): Tenant<OciClient> {
  const settings = {
    ...loadDefaults(ociSettings),
    domainUrl: oci.url,
    endpoints: oci.services,
    exchangeClientId: oci.exchange.clientId,
    exchangeClientSecret: new Secret(oci.exchange.clientSecret),
    ...more,
  };
  return openOciTenant('oci', settings, {
    async fetch(url, init) {
      const request = { url, headers: new Headers(init.headers), form: new URLSearchParams(String(init.body ?? '')) };
      sent.push(request);
      return (isExchange(request) ? answer?.() : refuse?.()) ?? fetch(url, init);
    },
    now,
    random: () => 0.5,
    userAgent: 'castellan/test',
  });
}

/** Somebody who signed in, and whose token `token` gives. */
function callerOf(login: string, token: () => string): Caller {
  return {
    id: `https://identity.oraclecloud.com/|${login}`,
    subject: {
      issuer: oci.url,
      load: async () => ({
        token: new Secret(token()),
        type: 'urn:ietf:params:oauth:token-type:access_token',
        expires: now() + 60 * minute,
      }),
    },
  };
}

/** With one token for good. */
function steady(login: string): Caller {
  const token = oci.issueToken({ login, scopes, expiresIn: 5 * 3600 });
  return callerOf(login, () => token);
}

const connect = (tenant: Tenant<OciClient>, caller: Caller | undefined) =>
  tenant.connect({ caller, signal: new AbortController().signal, deadline: now() + 30_000 });
const readMe = async (tenant: Tenant<OciClient>, caller: Caller) => {
  const entity = z.looseObject({ userName: z.string() });
  return (await connect(tenant, caller).domain.get({ path: ['Me'], entity })).userName;
};
const readNamespace = (tenant: Tenant<OciClient>, caller: Caller) =>
  connect(tenant, caller)
    .service('objectstorage')
    .get({ path: ['n'], entity: z.string() });

async function refusal(promise: Promise<unknown>): Promise<CastellanError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof CastellanError)) throw new Error(`not refused: ${String(thrown)}`);
  return thrown;
}

describe('a session', () => {
  test('is asked for as Oracle’s documentation has it, with the application’s own credentials and a fresh RSA-2048 key', async () => {
    const tenant = openTenant();
    expect(await readMe(tenant, steady(admin))).toBe(admin);
    const [exchange] = exchanges();
    const { clientId, clientSecret } = oci.exchange;
    expect(exchange?.headers.get('authorization')).toBe(`Basic ${btoa(`${clientId}:${clientSecret}`)}`);
    const { public_key: key = '', subject_token: subject, ...form } = Object.fromEntries(exchange?.form ?? []);
    expect(form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:oci:token-type:oci-upst',
      subject_token_type: 'jwt',
    });
    expect(subject).toMatch(/^eyJ/);
    expect(key).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const read = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    expect(read.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  test('signs everything, also what goes to the domain; no bearer token is sent', async () => {
    const tenant = openTenant();
    await Promise.all([readMe(tenant, steady(admin)), readNamespace(tenant, steady(other))]);
    expect(signed()).toHaveLength(2);
    for (const each of signed()) expect(keyIdOf(each)).toMatch(/^ST\$eyJ/);
    expect(JSON.stringify(sent.map(({ headers }) => [...headers]))).not.toMatch(/bearer/i);
  });

  test('is asked for once, however many wait', async () => {
    const tenant = openTenant();
    const caller = steady(admin);
    await Promise.all(Array.from({ length: 20 }, () => readNamespace(tenant, caller)));
    expect(exchanges()).toHaveLength(1);
    expect(new Set(signed().map(keyIdOf)).size).toBe(1);
  });

  test('belongs to one caller and one token: another person, and the same one with another token, have a key of their own', async () => {
    const tenant = openTenant();
    const token = oci.issueToken({ login: admin, scopes });
    const twins = [callerOf(admin, () => token), { ...callerOf(admin, () => token), id: 'somebody else' }];
    for (const caller of [...twins, steady(other), steady(admin)]) await readNamespace(tenant, caller);
    expect(exchanges()).toHaveLength(4);
    expect(new Set(exchanges().map(({ form }) => form.get('public_key'))).size).toBe(4);
    expect(new Set(signed().map(keyIdOf)).size).toBe(4);
  });

  test('is renewed at half of its life, with another key', async () => {
    const tenant = openTenant();
    const caller = steady(admin);
    await readNamespace(tenant, caller);
    later = 29 * minute;
    await readNamespace(tenant, caller);
    expect(exchanges()).toHaveLength(1);
    later = 31 * minute;
    await readNamespace(tenant, caller);
    await vi.waitFor(() => expect(exchanges()).toHaveLength(2));
    const keys = exchanges().map(({ form }) => form.get('public_key'));
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('that still stands keeps nobody waiting while the domain hangs, and is asked for anew not at every call', async () => {
    const tenant = openTenant();
    const caller = steady(admin);
    await readNamespace(tenant, caller);
    const { promise: hanging, resolve } = Promise.withResolvers<Response>();
    answer = () => hanging;
    later = 31 * minute;
    for (let calls = 0; calls < 5; calls++) await expect(readNamespace(tenant, caller)).resolves.toMatch(/\w/);
    await vi.waitFor(() => expect(exchanges()).toHaveLength(2));
    answer = () => new Response('', { status: 503 });
    resolve(new Response('', { status: 503 }));
    await hanging;
    for (let calls = 0; calls < 5; calls++) await readNamespace(tenant, caller);
    expect(exchanges()).toHaveLength(2);
    later += minute;
    await readNamespace(tenant, caller);
    await vi.waitFor(() => expect(exchanges()).toHaveLength(3));
  });

  test('ends when the domain refuses another one, not when that would be over by itself', async () => {
    const tenant = openTenant();
    const caller = steady(admin);
    await readNamespace(tenant, caller);
    answer = () => Response.json({ error: 'invalid_grant', error_description: 'locked' }, { status: 400 });
    later = 31 * minute;
    await vi.waitFor(async () => {
      expect(await refusal(readNamespace(tenant, caller))).toMatchObject({ code: 'unauthorized' });
    });
  });

  test('outlives an outage of the domain for what is left of its life, and no longer', async () => {
    const tenant = openTenant();
    const caller = steady(admin);
    await readNamespace(tenant, caller);
    answer = () => new Response('', { status: 503 });
    later = 40 * minute;
    await expect(readNamespace(tenant, caller)).resolves.toMatch(/\w/);
    later = 61 * minute;
    expect(await refusal(readNamespace(tenant, caller))).toMatchObject({ code: 'platform_unavailable' });
  });

  test('is another one as soon as the caller signed in anew', async () => {
    const tenant = openTenant();
    let token = oci.issueToken({ login: admin, scopes });
    const caller = callerOf(admin, () => token);
    await readNamespace(tenant, caller);
    token = oci.issueToken({ login: admin, scopes });
    await readNamespace(tenant, caller);
    expect(exchanges().map(({ form }) => form.get('subject_token'))).toHaveLength(2);
    expect(exchanges().at(-1)?.form.get('subject_token')).toBe(token);
  });

  test('that OCI refuses is replaced once, and no more often than once a minute', async () => {
    const tenant = openTenant();
    const caller = steady(admin);
    await readNamespace(tenant, caller);
    later = 20 * minute;
    const no = () => Response.json({ code: 'NotAuthenticated', message: 'no' }, { status: 401 });
    let times = 1;
    refuse = () => (times-- > 0 ? no() : undefined);
    await readNamespace(tenant, caller);
    expect(exchanges()).toHaveLength(2);
    refuse = no;
    const error = await refusal(readNamespace(tenant, caller));
    expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringMatching(/clock/) });
    expect(exchanges()).toHaveLength(2);
  });

  test('is had by nobody without a sign-in, on stdio neither', async () => {
    const tenant = openTenant();
    for (const caller of [undefined, { id: 'local' }]) {
      const error = await refusal(connect(tenant, caller).identity());
      expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringMatching(/Sign in over HTTP/) });
    }
    expect(sent).toEqual([]);
  });

  test('tells tenancy, user and home region, from the token and the domain; a configured region counts more', async () => {
    const identity = await connect(openTenant(), steady(admin)).identity();
    expect(identity).toEqual({
      tenancy: oci.tenancyId,
      user: oci.apiKeyOf(admin).user,
      region: oci.homeRegion,
      kind: 'caller',
    });
    const elsewhere = await connect(openTenant({ region: 'uk-london-1' }), steady(admin)).identity();
    expect(elsewhere.region).toBe('uk-london-1');
  });
});

describe('why there is none is told with what to do', () => {
  const refused = (body: unknown, status = 400, headers: Record<string, string> = {}) => {
    answer = () => Response.json(body, { status, headers });
    return refusal(connect(openTenant(), steady(admin)).identity());
  };

  test('the domain does not trust its own tokens', async () => {
    oci.setTrust(false);
    const error = await refusal(connect(openTenant(), steady(admin)).identity());
    oci.setTrust(true);
    expect(error).toMatchObject({
      code: 'bad_configuration',
      hint: expect.stringMatching(/identity propagation trust/),
    });
    expect(error.hint).toContain(oci.exchange.clientId);
    expect(error.hint).toContain('castellan doctor');
  });

  test('the application is unknown or its secret wrong', async () => {
    const tenant = openTenant({ exchangeClientSecret: new Secret('not-it') });
    const error = await refusal(connect(tenant, steady(admin)).identity());
    expect(error).toMatchObject({
      code: 'bad_configuration',
      hint: expect.stringMatching(/IAM_TOKENEXCHANGE_CLIENT_SECRET/),
    });
    expect(error.retry).toEqual({ again: false });
  });

  test('the application may not use the grant type', async () => {
    const error = await refused({ error: 'unauthorized_client', error_description: 'Client is not authorized.' });
    expect(error.hint).toMatch(/grant type Client credentials \(Integrated applications/);
  });

  test('the caller’s token is refused', async () => {
    const expired = () => oci.issueToken({ login: admin, scopes, expiresIn: -60 });
    const error = await refusal(connect(openTenant(), callerOf(admin, expired)).identity());
    expect(error.message).toMatch(/did not exchange the caller’s token/);
  });

  test('this machine’s clock is off', async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    const error = await refused({ error: 'invalid_grant' }, 400, { date });
    expect(error.hint).toMatch(/clock is 36\d\d s off/);
  });

  test('what came is no session, is the token that was sent, or belongs to another key', async () => {
    const token = oci.issueToken({ login: admin, scopes });
    for (const body of [
      {},
      { token: 'x' },
      { access_token: token },
      [],
      { token: '' },
      { token: oci.sessionOf(other).token },
    ]) {
      answer = () => Response.json(body);
      const error = await refusal(
        connect(
          openTenant(),
          callerOf(admin, () => token),
        ).identity(),
      );
      expect(error, JSON.stringify(body)).toMatchObject({ code: 'platform_answer_invalid' });
    }
  });

  test('an answer that ends before its end is none, and is asked for again', async () => {
    const broken = () => new ReadableStream({ start: (stream) => stream.error(new Error('reset')) });
    answer = () => new Response(broken(), { headers: { 'content-type': 'application/json' } });
    const error = await refusal(connect(openTenant(), steady(admin)).identity());
    expect(error).toMatchObject({ code: 'platform_unavailable', retry: { again: true } });
  });

  test('no error shows a token, a secret or a claim of the token', async () => {
    const token = oci.issueToken({ login: admin, scopes });
    const error = await refused({ error: 'invalid_grant', error_description: `no: ${token}` });
    const shown = JSON.stringify([error.message, error.hint, error.detail, String(error.cause)]);
    for (const secret of [token.slice(0, 20), oci.exchange.clientSecret, admin]) expect(shown).not.toContain(secret);
  });
});
