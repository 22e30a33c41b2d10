// Applications, grants, credentials, factors, policies, trusts and settings of the simulated domain: the rules of each.

import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { createScimClient, own, refusalOf, type ScimClient, urns } from './oci-scim-kit.ts';
import { admin, head } from './oidc-kit.ts';

let sandbox: Sandbox;
let oci: SandboxOci;
let scim: ScimClient;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 30 });
  oci = await sandbox.oci();
  scim = createScimClient(oci);
});
afterEach(() => sandbox.close());

const idOf = async (login: string) => (await scim.find('Users', `userName eq "${login}"`))[0].id;
const create = (kind: string, name: string, body: object) => scim.ask('POST', kind, { schemas: [own(name)], ...body });
const template = { value: 'CustomWebAppTemplateId' };

describe('applications', () => {
  it('begin inactive, with a client id and a secret of their own; what is active is not deleted', async () => {
    const { body: app } = await create('Apps', 'App', {
      displayName: 'Tolls',
      basedOnTemplate: template,
      isOAuthClient: true,
      clientType: 'confidential',
      allowedGrants: ['client_credentials'],
    });
    expect(app).toMatchObject({
      active: false,
      isOAuthClient: true,
      name: expect.any(String),
      clientSecret: expect.any(String),
    });
    const set = (active: boolean) =>
      scim.ask('PUT', `AppStatusChanger/${app.id}`, { schemas: [own('AppStatusChanger')], active });
    expect((await set(true)).body).toMatchObject({ id: app.id, active: true });
    expect(refusalOf(await scim.ask('DELETE', `Apps/${app.id}?forceDelete=true`))).toBe(
      '400 error.apps.app.activeAppCannotBeDeleted',
    );
    await set(false);
    expect((await scim.ask('DELETE', `Apps/${app.id}`)).status).toBe(204);
  });

  it('need a template and a name that no other has', async () => {
    expect(refusalOf(await create('Apps', 'App', { displayName: 'Tolls' }))).toBe(
      '400 error.common.validation.missingReqAttributes',
    );
    const twin = await create('Apps', 'App', { displayName: 'treasury payments', basedOnTemplate: template });
    expect(refusalOf(twin)).toBe('409 error.common.validation.uniquenessConstraint');
  });
});

describe('grants', () => {
  const approver = async () => (await scim.find('AppRoles', 'displayName eq "Payment Approver"', 'app'))[0];
  const grant = async (more: object = {}) => {
    const { id, app } = await approver();
    return create('Grants', 'Grant', {
      grantMechanism: 'ADMINISTRATOR_TO_USER',
      grantee: { value: await idOf(head), type: 'User' },
      app: { value: app.value },
      entitlement: { attributeName: 'appRoles', attributeValue: id },
      ...more,
    });
  };

  it('give a role once; user, role and application all tell of it', async () => {
    const { status, body } = await grant();
    expect([status, body.isFulfilled]).toEqual([201, true]);
    expect(refusalOf(await grant())).toBe('409 error.common.validation.uniquenessConstraint');
    const user = await scim.user(head);
    expect(user[urns.ext].grants).toMatchObject([{ value: body.id, grantMechanism: 'ADMINISTRATOR_TO_USER' }]);
    const held = user[urns.ext].appRoles.filter(({ type }: { type: string }) => type === 'direct');
    expect(held).toMatchObject([{ display: 'Payment Approver', appName: 'Treasury Payments' }]);
    const { id } = await approver();
    const { members } = await scim.get(`AppRoles/${id}?attributes=members`);
    expect(members).toContainEqual(expect.objectContaining({ value: user.id, type: 'User' }));
    const { grants } = await scim.get(`Apps/${body.app.value}?attributes=grants`);
    expect(grants).toContainEqual(expect.objectContaining({ value: body.id, granteeId: user.id, granteeType: 'User' }));
  });

  it('refuse what does not go together', async () => {
    const invalid = '400 error.common.validation.invalidValue';
    expect(refusalOf(await grant({ grantMechanism: 'ADMINISTRATOR_TO_GROUP' }))).toBe(invalid);
    expect(refusalOf(await grant({ app: { value: 'IDCSAppId' } }))).toBe(invalid);
    expect(refusalOf(await grant({ grantee: { value: 'nobody', type: 'User' } }))).toBe(
      '400 error.common.validation.invalidReferenceResource',
    );
    const app = (await scim.find('Apps', 'displayName eq "Castellan"'))[0].id;
    const toApp = { grantMechanism: 'ADMINISTRATOR_TO_APP', grantee: { value: app, type: 'App' } };
    expect(refusalOf(await grant(toApp))).toBe(invalid);
    expect(refusalOf(await grant({ grantee: undefined }))).toBe('400 error.common.validation.missingReqAttributes');
  });

  it('never change: they are made and deleted', async () => {
    const { body } = await grant();
    const patch = await scim.patch(`Grants/${body.id}`, {
      op: 'replace',
      path: 'grantee.value',
      value: await idOf(admin),
    });
    expect(refusalOf(patch)).toBe('400 error.common.validation.immutableAttribute');
    expect(refusalOf(await scim.ask('PUT', `Grants/${body.id}`, body))).toMatch(/^405/);
    expect((await scim.ask('DELETE', `Grants/${body.id}`)).status).toBe(204);
  });

  it('roles have one name in an application, and are not deleted while they are granted', async () => {
    const { id, app } = await approver();
    expect(refusalOf(await create('AppRoles', 'AppRole', { displayName: 'Payment Approver', app }))).toMatch(/^409/);
    expect(refusalOf(await scim.ask('DELETE', `AppRoles/${id}`))).toBe('400 error.common.validation.resourceInUse');
    expect((await scim.ask('DELETE', `AppRoles/${id}?forceDelete=true`)).status).toBe(204);
    expect(await scim.find('Grants', 'grantee.value eq "AllUsersId"')).toEqual([]);
  });
});

describe('credentials', () => {
  const pem = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('API keys: the fingerprint is worked out, three are the most, and what is no public key is refused', async () => {
    const user = { value: await idOf(head) };
    const { body } = await create('ApiKeys', 'apikey', { user, key: pem(), description: 'laptop' });
    expect(body.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(body.user).toMatchObject({ value: user.value, name: head, ocid: expect.stringMatching(/^ocid1\.user/) });
    expect(refusalOf(await create('ApiKeys', 'apikey', { user, key: body.key }))).toMatch(/^409/);
    expect(refusalOf(await create('ApiKeys', 'apikey', { user, key: 'ssh-rsa AAAA' }))).toBe(
      '400 error.identity.user.invalidHeaderFooter',
    );
    expect(refusalOf(await create('ApiKeys', 'apikey', { user }))).toBe(
      '400 error.common.validation.missingReqAttributes',
    );
    await create('ApiKeys', 'apikey', { user, key: pem() });
    await create('ApiKeys', 'apikey', { user, key: pem() });
    expect(refusalOf(await create('ApiKeys', 'apikey', { user, key: pem() }))).toBe(
      '400 error.identity.user.limitExceeded',
    );
    expect(await scim.find('ApiKeys', `user.value eq "${user.value}"`)).toHaveLength(3);
    expect((await scim.user(head))[urns.credentials].apiKeys).toHaveLength(3);
  });

  it('a key that was registered here signs requests, and no more once it is deleted', async () => {
    const { fingerprint } = oci.apiKeyOf(admin);
    const [key] = await scim.find('ApiKeys', `fingerprint eq "${fingerprint}"`);
    expect(key).toMatchObject({ user: { name: admin }, ocid: expect.stringMatching(/^ocid1\.credential/) });
    expect((await scim.ask('DELETE', `ApiKeys/${key.id}`)).status).toBe(204);
    expect(await scim.find('ApiKeys', `fingerprint eq "${fingerprint}"`)).toEqual([]);
  });

  it('tokens and secret keys are shown once, to whomever an OCID names them', async () => {
    const { id, ocid } = await scim.user(head);
    const { body } = await create('CustomerSecretKeys', 'customerSecretKey', { user: { ocid }, displayName: 'backup' });
    expect(body).toMatchObject({ user: { value: id }, accessKey: expect.any(String), secretKey: expect.any(String) });
    expect(await scim.get(`CustomerSecretKeys/${body.id}`)).not.toHaveProperty('secretKey');
    // Said by somebody who had it from the service: an OCID does not fit in where an id belongs.
    const wrong = await create('CustomerSecretKeys', 'customerSecretKey', { user: { value: ocid } });
    expect(refusalOf(wrong)).toBe('400 error.common.validation.stringExceedsMaxLimit');
    const late = await scim.patch(`CustomerSecretKeys/${body.id}`, {
      op: 'replace',
      path: 'description',
      value: 'off-site',
    });
    expect(late.body).toMatchObject({ description: 'off-site' });
    expect(late.body).not.toHaveProperty('secretKey');
  });

  it('whoever may not have them gets none (UserCapabilitiesChanger)', async () => {
    const id = await idOf(head);
    const changed = await scim.ask('PUT', `UserCapabilitiesChanger/${id}`, {
      schemas: [own('UserCapabilitiesChanger')],
      canUseAuthTokens: false,
    });
    expect(changed.body).toMatchObject({ canUseAuthTokens: false, canUseApiKeys: true });
    expect(refusalOf(await create('AuthTokens', 'authToken', { user: { value: id } }))).toMatch(/^400 .*invalidValue/);
  });
});

describe('accounts', () => {
  it('a password that is reset holds no longer; without an address, or where others lead people through it, the answer says how on', async () => {
    const id = await idOf(head);
    const reset = (more: object) =>
      scim.ask('PUT', `UserPasswordResetter/${id}`, { schemas: [own('UserPasswordResetter')], ...more });
    const { body } = await reset({});
    expect(body).not.toHaveProperty('userToken');
    expect(body).not.toHaveProperty('oneTimePassword');
    expect((await scim.user(head))[urns.password]).toMatchObject({ mustChange: true, expired: true });
    expect((await reset({ bypassNotification: true })).body).not.toHaveProperty('userToken');
    const led = await reset({ bypassNotification: true, userFlowControlledByExternalClient: true });
    expect(led.body.userToken).toMatchObject({ value: expect.any(String) });
    const [machine] = await scim.find('Users', `${urns.ext}:serviceUser eq true`);
    const handed = await scim.ask('PUT', `UserPasswordResetter/${machine.id}`, {
      schemas: [own('UserPasswordResetter')],
    });
    expect(handed.body.oneTimePassword).toEqual(expect.any(String));
  });

  it('a password that is set must be one that the policy allows', async () => {
    const id = await idOf(head);
    const set = (password: string) =>
      scim.ask('PUT', `UserPasswordChanger/${id}`, { schemas: [own('UserPasswordChanger')], password });
    expect((await set('Gr0ss-und-klein')).status).toBe(200);
    for (const password of ['Sh0rt', 'nouppercase1', 'Solveig12345'])
      expect(refusalOf(await set(password)), password).toBe('400 error.identity.passwordmgmt.policyViolation');
  });

  it('browsers that are trusted are forgotten by themselves, and factors stay', async () => {
    const before = (await scim.user(admin))[urns.mfa];
    expect(before).toMatchObject({ trustedUserAgents: [{ display: 'Firefox' }], bypassCodes: [{}] });
    const user = { value: await idOf(admin) };
    const body = { schemas: [own('AuthenticationFactorsRemover')], user, type: 'KMSI' };
    expect((await scim.ask('POST', 'AuthenticationFactorsRemover', body)).status).toBe(201);
    const { trustedUserAgents: _, ...rest } = before;
    expect((await scim.user(admin))[urns.mfa]).toEqual(rest);
  });

  it('of second factors one is deleted, or all are removed', async () => {
    const id = await idOf(admin);
    const devices = async () => (await scim.user(admin))[urns.mfa]?.devices ?? [];
    expect(await devices()).toMatchObject([{ factorType: 'TOTP', status: 'ENROLLED' }]);
    const [device] = await devices();
    expect((await scim.ask('DELETE', `Devices/${device.value}`)).status).toBe(204);
    expect((await scim.user(admin))[urns.mfa]).not.toHaveProperty('mfaStatus');
    const body = { schemas: [own('AuthenticationFactorsRemover')], user: { value: id }, type: 'MFA' };
    expect((await scim.ask('POST', 'AuthenticationFactorsRemover', body)).body).toMatchObject({
      user: { value: id },
      type: 'MFA',
    });
    expect(await scim.user(admin)).not.toHaveProperty(urns.mfa);
    const nobody = { ...body, user: { value: 'nobody' } };
    expect(refusalOf(await scim.ask('POST', 'AuthenticationFactorsRemover', nobody))).toMatch(
      /invalidReferenceResource/,
    );
  });
});

describe('policies', () => {
  it('have rules in their order, which have conditions, which name networks; none is deleted while it is used', async () => {
    const policy = await scim.get('Policies/DefaultSignOnPolicy?attributes=rules');
    expect(policy.rules.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2, 3]);
    const rule = await scim.get(`Rules/${policy.rules[1].value}`);
    const condition = await scim.get(`Conditions/${rule.conditionGroup.value}`);
    const [perimeter] = (await scim.get('NetworkPerimeters')).Resources;
    expect(condition.attributeValue).toContain(perimeter.id);
    for (const path of [`Rules/${rule.id}`, `Conditions/${condition.id}`, `NetworkPerimeters/${perimeter.id}`])
      expect(refusalOf(await scim.ask('DELETE', path)), path).toBe('400 error.common.validation.resourceInUse');
    expect((await scim.ask('DELETE', `Rules/${rule.id}?forceDelete=true`)).status).toBe(204);
    expect((await scim.get('Policies/DefaultSignOnPolicy?attributes=rules')).rules).toHaveLength(2);
    expect(refusalOf(await scim.ask('DELETE', 'Policies/DefaultSignOnPolicy?forceDelete=true'))).toMatch(
      /operationPrevented/,
    );
  });

  it('refuse rules that there are not, and two in one place', async () => {
    const policy = await scim.get('Policies/DefaultSignOnPolicy?attributeSets=all');
    const [{ value }] = policy.rules;
    const set = (rules: object[]) =>
      scim.patch('Policies/DefaultSignOnPolicy', { op: 'replace', path: 'rules', value: rules });
    expect(refusalOf(await set([{ value: 'none', sequence: 1 }]))).toMatch(/invalidReferenceResource/);
    const other = policy.rules[1].value;
    expect(
      refusalOf(
        await set([
          { value, sequence: 1 },
          { value: other, sequence: 1 },
        ]),
      ),
    ).toMatch(/invalidValue/);
  });
});

describe('trusts', () => {
  it('begin switched off, for one issuer once, and for clients that there are', async () => {
    const trust = (more: object) =>
      create('IdentityPropagationTrusts', 'IdentityPropagationTrust', {
        name: 'Partner',
        type: 'JWT',
        issuer: 'https://partner.example',
        ...more,
      });
    const { body } = await trust({ oauthClients: [oci.exchange.clientId] });
    expect(body).toMatchObject({ active: false, subjectType: 'User', allowImpersonation: false });
    expect(refusalOf(await trust({}))).toBe('409 error.common.validation.uniquenessConstraint');
    const other = { issuer: 'https://other.example' };
    expect(refusalOf(await trust({ ...other, oauthClients: ['nobody'] }))).toMatch(/invalidReferenceResource/);
    expect(refusalOf(await trust({ ...other, claimPropagations: ['a', 'b', 'c', 'd'] }))).toMatch(/invalidValue/);
    expect(refusalOf(await trust({ name: undefined }))).toMatch(/missingReqAttributes/);
  });
});

describe('identity providers and settings', () => {
  it('a provider must be disabled before it is deleted; the domain’s own is not', async () => {
    const [okta] = await scim.find('IdentityProviders', 'partnerName eq "Larkspur Okta"');
    expect(refusalOf(await scim.ask('DELETE', `IdentityProviders/${okta.id}`))).toMatch(/operationPrevented/);
    await scim.patch(`IdentityProviders/${okta.id}`, { op: 'replace', path: 'enabled', value: false });
    expect((await scim.ask('DELETE', `IdentityProviders/${okta.id}`)).status).toBe(204);
    expect(refusalOf(await scim.ask('DELETE', 'IdentityProviders/UserNamePassword'))).toMatch(/operationPrevented/);
  });

  it('there is one of each of the settings; they are changed, and neither made nor deleted', async () => {
    expect((await scim.get('Settings')).totalResults).toBe(1);
    expect((await scim.get('AuthenticationFactorSettings')).Resources[0].mfaEnrollmentType).toBe('Optional');
    const { body } = await scim.patch('Settings/Settings', { op: 'replace', path: 'timezone', value: 'Europe/London' });
    expect(body.timezone).toBe('Europe/London');
    expect(refusalOf(await scim.patch('Settings/Settings', { op: 'remove', path: 'csrAccess' }))).toMatch(
      /missingReqAttributes/,
    );
    expect(refusalOf(await scim.ask('DELETE', 'Settings/Settings'))).toMatch(/^405/);
  });
});
