// One domain: what its SCIM API changes holds at the next sign-in, in the next token and at the next exchange.

import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci, sandboxPassword } from '../../src/sandbox/index.ts';
import { exchange, makeKey, send, signRequest } from './oci-kit.ts';
import { createScimClient, newUser, own, type ScimClient, urns } from './oci-scim-kit.ts';
import {
  basic,
  callback,
  createBrowser,
  errorOf,
  get,
  head,
  helpDesk,
  lockedOut,
  post,
  readClaims,
} from './oidc-kit.ts';

let sandbox: Sandbox;
let oci: SandboxOci;
let scim: ScimClient;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 30 });
  oci = await sandbox.oci();
  oci.setRedirectUris([callback]);
  scim = createScimClient(oci);
});
afterEach(() => sandbox.close());

const verifier = 'a-verifier-of-more-than-forty-three-characters-0123456789';

const authorizeUrl = (client = oci.client, redirect = callback) =>
  `${oci.url}/oauth2/v1/authorize?${new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'openid approles',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })}`;

async function signIn(login: string): Promise<Record<string, unknown>> {
  const code = (await createBrowser().signIn(authorizeUrl(), login)).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier };
  const { body } = await post(`${oci.url}/oauth2/v1/token`, form, basic(oci.client));
  return { ...readClaims(body.access_token), raw: body.access_token };
}

/** What the page says to somebody who knows the password. */
async function refusalAt(login: string): Promise<string | undefined> {
  const browser = createBrowser();
  const { text } = await browser.send(await browser.open(authorizeUrl()), { login, password: sandboxPassword });
  return /Your account is locked|You entered an incorrect/.exec(text)?.[0];
}

const locked = 'Your account is locked';
const unknown = 'You entered an incorrect';

const idOf = async (login: string) => (await scim.find('Users', `userName eq "${login}"`))[0].id;
const statusChanger = (active: boolean) => ({ schemas: [own('UserStatusChanger')], active });

it('somebody is locked out until they are unlocked, in both directions', async () => {
  const id = await idOf(lockedOut);
  expect(await refusalAt(lockedOut)).toBe(locked);
  await scim.patch(`Users/${id}`, { op: 'replace', path: `${urns.state}:locked.on`, value: false });
  expect(await signIn(lockedOut)).toMatchObject({ sub: lockedOut, user_id: id });
  oci.setLocked(lockedOut, true);
  expect((await scim.get(`Users/${id}`))[urns.state].locked).toMatchObject({ on: true, lockDate: expect.any(String) });
  await scim.patch(`Users/${id}`, { op: 'replace', path: `${urns.state}:locked`, value: { on: false } });
  expect((await scim.get(`Users/${id}`))[urns.state].locked).toEqual({ on: false });
});

it('whoever is deactivated signs in no more, and their tokens say nothing', async () => {
  const id = await idOf(head);
  await scim.ask('PUT', `UserStatusChanger/${id}`, statusChanger(false));
  expect(await refusalAt(head)).toBe(locked);
  await scim.ask('PUT', `UserStatusChanger/${id}`, statusChanger(true));
  expect((await signIn(head)).sub).toBe(head);
});

it('whoever is made signs in, under a new name when it was changed, and not at all when they were deleted', async () => {
  const { id } = await scim.create('Users', urns.user, newUser('nina'));
  expect(await signIn('nina@larkspur.example')).toMatchObject({ user_id: id, user_displayname: 'nina Newcomer' });
  await scim.patch(`Users/${id}`, { op: 'replace', path: 'userName', value: 'nina.n@larkspur.example' });
  expect((await signIn('nina.n@larkspur.example')).user_id).toBe(id);
  expect(await refusalAt('nina@larkspur.example')).toBe(unknown);
  await scim.ask('DELETE', `Users/${id}`);
  expect(await refusalAt('nina.n@larkspur.example')).toBe(unknown);
});

it('groups stand in the next token as they are by then', async () => {
  const id = await idOf(head);
  const [{ id: group }] = await scim.find('Groups', 'displayName eq "Sales"');
  expect((await signIn(head)).groups).toEqual(['Finance']);
  await scim.patch(`Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id, type: 'User' }] });
  expect((await signIn(head)).groups).toEqual(expect.arrayContaining(['Finance', 'Sales']));
  await scim.patch(`Groups/${group}`, { op: 'replace', path: 'displayName', value: 'Counsel' });
  expect((await signIn(head)).groups).toEqual(expect.arrayContaining(['Finance', 'Counsel']));
  await scim.ask('DELETE', `Groups/${group}?forceDelete=true`);
  expect((await signIn(head)).groups).toEqual(['Finance']);
});

it('application roles are told to whom they were given, and give their holders’ tokens their scopes', async () => {
  const { raw } = await signIn(helpDesk);
  const userInfo = () => get(`${oci.url}/oauth2/v1/userinfo`, { authorization: `Bearer ${raw}` });
  const names = async () => (await userInfo()).body.appRoles.map(({ name }: { name: string }) => name);
  expect(await names()).toEqual(expect.arrayContaining(['Help Desk Administrator', 'Payment Approver']));
  const [open] = await scim.find('Grants', 'grantee.value eq "AllUsersId"');
  await scim.ask('DELETE', `Grants/${open.id}`);
  expect(await names()).toEqual(['Help Desk Administrator']);
  const scopeOf = (login: string) => readClaims(oci.issueToken({ login, scopes: ['urn:opc:idm:__myscopes__'] })).scope;
  expect(scopeOf(head)).toBe('urn:opc:idm:t.user.me');
  expect(scopeOf(helpDesk)).toContain('urn:opc:idm:t.user ');
});

it('the signing certificate is open to all when the setting says so, from wherever it was set', async () => {
  const keys = () => get(`${oci.url}/admin/v1/SigningCert/jwk`);
  expect((await keys()).status).toBe(401);
  await scim.patch('Settings/Settings', { op: 'replace', path: 'signingCertPublicAccess', value: true });
  expect((await keys()).status).toBe(200);
  oci.setPublicKeysOpen(false);
  expect((await scim.get('Settings/Settings')).signingCertPublicAccess).toBe(false);
  expect((await keys()).status).toBe(401);
});

it('an application that is deactivated gets no tokens; one that was made and activated does', async () => {
  const ask = (client: { id: string; secret: string }) =>
    post(
      `${oci.url}/oauth2/v1/token`,
      { grant_type: 'client_credentials', scope: 'urn:opc:idm:__myscopes__' },
      basic(client),
    );
  const { body } = await scim.ask('POST', 'Apps', {
    schemas: [own('App')],
    displayName: 'Tolls',
    basedOnTemplate: { value: 'CustomWebAppTemplateId' },
    isOAuthClient: true,
    clientType: 'confidential',
    allowedGrants: ['client_credentials'],
  });
  const client = { id: body.name, secret: body.clientSecret };
  expect(errorOf(await ask(client))).toBe('401 invalid_client');
  await scim.ask('PUT', `AppStatusChanger/${body.id}`, { schemas: [own('AppStatusChanger')], active: true });
  expect((await ask(client)).status).toBe(200);
  const [castellan] = await scim.find('Apps', 'displayName eq "Castellan"');
  await scim.ask('PUT', `AppStatusChanger/${castellan.id}`, { schemas: [own('AppStatusChanger')], active: false });
  expect(errorOf(await ask(oci.client))).toBe('401 invalid_client');
});

it('addresses to return to, and scopes of a resource, are those of the application', async () => {
  const [castellan] = await scim.find('Apps', 'displayName eq "Castellan"');
  expect(castellan).toMatchObject({ name: oci.client.id, redirectUris: [callback] });
  const other = 'http://127.0.0.1:54399/elsewhere';
  await scim.patch(`Apps/${castellan.id}`, { op: 'replace', path: 'redirectUris', value: [other] });
  expect((await fetch(authorizeUrl(), { redirect: 'manual' })).status).toBe(400);
  expect((await fetch(authorizeUrl(oci.client, other), { redirect: 'manual' })).status).toBe(200);
  const { audience, scopes } = oci.resource;
  const [resource] = await scim.find('Apps', 'isOAuthResource eq true');
  expect(resource.scopes.map(({ fqs }: { fqs: string }) => fqs)).toEqual(scopes.map((scope) => audience + scope));
  await scim.patch(`Apps/${resource.id}`, { op: 'add', path: 'scopes', value: [{ value: 'oci:dream' }] });
  expect(readClaims(oci.issueToken({ login: head, scopes: [`${audience}oci:dream`] })).scope).toBe('oci:dream');
});

it('a trust that is switched off exchanges nothing, until it is on again', async () => {
  const key = () => makeKey().publicKey;
  const subject = () => oci.issueToken({ login: head, scopes: ['openid'] });
  expect((await exchange(oci, subject(), key())).status).toBe(200);
  const [trust] = (await scim.get('IdentityPropagationTrusts')).Resources;
  expect(trust).toMatchObject({ type: 'JWT', active: true, oauthClients: [oci.exchange.clientId] });
  const set = (value: boolean) =>
    scim.patch(`IdentityPropagationTrusts/${trust.id}`, { op: 'replace', path: 'active', value });
  await set(false);
  expect((await exchange(oci, subject(), key())).status).toBeGreaterThanOrEqual(400);
  await set(true);
  expect((await exchange(oci, subject(), key())).status).toBe(200);
  oci.setTrust(false);
  expect((await scim.get(`IdentityPropagationTrusts/${trust.id}`)).active).toBe(false);
});

it('an API key signs requests from when it is registered until it is deleted', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const user = await scim.user(head);
  const { body } = await scim.ask('POST', 'ApiKeys', {
    schemas: [own('apikey')],
    user: { value: user.id },
    key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  const keyId = `${oci.tenancyId}/${user.ocid}/${body.fingerprint}`;
  const ask = () => send(signRequest(`${oci.url}/admin/v1/Me`, { keyId, privateKey }));
  expect((await ask()).body.userName).toBe(head);
  await scim.ask('DELETE', `ApiKeys/${body.id}`);
  expect((await ask()).status).toBe(401);
});
