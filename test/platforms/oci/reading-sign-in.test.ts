// Policies, identity providers, settings and trusts of an identity domain, through every door, against what the domain itself
// says.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askAll, call, idsOf, rowsOf } from '../../support/answers.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { doors } from '../../support/server.ts';

type Json = Record<string, unknown>;
const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
const byText = (one: string, other: string) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1);
const sorted = (rows: readonly Json[], name: string) => rows.map((row) => String(row[name])).sort(byText);

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let tenancy: OciServer;
  let client: Client;

  async function ours(tool: string, key: string, input: Json = {}, pageSize = 7): Promise<Json[]> {
    const answers = await askAll(client, tool, { ...input, max_results: pageSize });
    const rows = answers.flatMap((answer) => rowsOf(answer, key) as Json[]);
    // RFC 7644 §3.4.2: each page tells how many there are in all.
    for (const answer of answers) {
      expect(answer.value.total, tool).toBe(rows.length);
      if (rows.length > 0) expect(answer.text, tool).toMatch(/^id \| [^\n]*$/m);
    }
    return rows;
  }

  beforeAll(async () => {
    tenancy = await openOciServer();
    client = await tenancy.server.connect(era, door);
  });
  afterAll(() => tenancy?.close());

  it('sign-on policies, with rules in order and conditions that name what they speak of', async () => {
    const theirs = await tenancy.readAll(`Policies?${filter('policyType.value eq "SignOn"')}&attributes=name,rules`);
    const rows = await ours('list_oci_sign_on_policies', 'policies');
    expect(sorted(rows, 'id')).toEqual(sorted(theirs, 'id'));
    const groups = new Map((await tenancy.readAll('Groups')).map(({ id, displayName }) => [id, displayName]));
    let resolved = 0;
    for (const { id, rules = [] } of theirs as { id: string; rules?: { value: string; sequence: number }[] }[]) {
      const { value } = await ask(client, 'get_oci_sign_on_policy', { policy_id: id });
      const inOrder = [...rules].sort((one, other) => one.sequence - other.sequence).map(({ value: rule }) => rule);
      expect(idsOf(value.rules as Json[])).toEqual(inOrder);
      for (const shown of value.rules as { id: string; when: string[]; outcome: Json }[]) {
        const rule = (await tenancy.read(`Rules/${shown.id}`)) as { return: Json[]; conditionGroup?: Json };
        const effect = rule.return.find(({ name }) => name === 'effect')?.value;
        expect(shown.outcome.effect).toBe(effect);
        if (rule.conditionGroup?.type !== 'Condition') continue;
        const condition = (await tenancy.read(`Conditions/${rule.conditionGroup.value}`)) as Json;
        expect(shown.when.join()).toContain(condition.attributeName);
        for (const [group, name] of groups) {
          if (!String(condition.attributeValue).includes(`"${group}"`)) continue;
          expect(shown.when.join()).toContain(`“${name}” (${group})`);
          resolved += 1;
        }
      }
    }
    expect(resolved).toBeGreaterThan(0);
  });

  it('password policies with what they ask, and for which groups', async () => {
    const theirs = await tenancy.readAll('PasswordPolicies');
    const rows = await ours('list_oci_password_policies', 'policies');
    expect(sorted(rows, 'id')).toEqual(sorted(theirs, 'id'));
    for (const policy of theirs) {
      const { value } = await ask(client, 'get_oci_password_policy', { policy_id: policy.id });
      expect(value.min_length).toBe(policy.minLength);
      expect(value.locked_minutes).toBe(policy.lockoutDuration);
      expect(value.history).toBe(policy.numPasswordsInHistory);
    }
  });

  it('identity providers, with until when their certificates hold, and without what opens them', async () => {
    const theirs = await tenancy.readAll('IdentityProviders');
    const rows = await ours('list_oci_identity_providers', 'identity_providers');
    expect(sorted(rows, 'id')).toEqual(sorted(theirs, 'id'));
    expect(theirs.length).toBeGreaterThan(0);
    for (const provider of theirs) {
      const input = { identity_provider_id: provider.id, view: 'full' };
      const { value } = await ask(client, 'get_oci_identity_provider', input);
      expect(value).toMatchObject({ name: provider.partnerName, enabled: provider.enabled });
      const full = JSON.stringify(value);
      expect(full).not.toContain('MII');
      expect(full).not.toMatch(/consumer_?secret/i);
      if (provider.type !== 'SAML' || !provider.signingCertificate) continue;
      const { signing_certificate } = value.saml as { signing_certificate: Json };
      expect(Date.parse(String(signing_certificate.expires))).toBeGreaterThan(0);
      expect(signing_certificate.subject).toMatch(/CN=/);
    }
  });

  it('settings of the domain: the switch of its keys is the one that opens them', async () => {
    const before = await ask(client, 'get_oci_domain_settings');
    expect(before.value.signing_keys_public).toBe(false);
    const setting = (await tenancy.read('Settings/Settings')) as Json;
    expect(before.value).toMatchObject({
      issuer: setting.issuer,
      contacts: setting.contactEmails,
      oracle_support_access: setting.csrAccess,
    });
    tenancy.oci.setPublicKeysOpen(true);
    try {
      expect((await ask(client, 'get_oci_domain_settings')).value.signing_keys_public).toBe(true);
    } finally {
      tenancy.oci.setPublicKeysOpen(false);
    }
  });

  it('propagation trusts, with the applications that may exchange tokens by them', async () => {
    const theirs = await tenancy.readAll('IdentityPropagationTrusts');
    const rows = await ours('list_oci_propagation_trusts', 'trusts');
    expect(sorted(rows, 'id')).toEqual(sorted(theirs, 'id'));
    const trust = theirs.find(({ oauthClients }) =>
      ((oauthClients ?? []) as string[]).includes(tenancy.oci.exchange.clientId),
    );
    const { value } = await ask(client, 'get_oci_propagation_trust', { trust_id: trust?.id });
    expect(value).toMatchObject({ name: trust?.name, issuer: trust?.issuer, active: true });
    const clients = value.clients as Json[];
    expect(clients.find(({ client_id }) => client_id === tenancy.oci.exchange.clientId)).toMatchObject({
      active: true,
      name: expect.any(String),
    });
    expect(idsOf(await ours('list_oci_propagation_trusts', 'trusts', { issuer: trust?.issuer }))).toContain(trust?.id);
  });

  it('bad input is refused by name', async () => {
    const cases: [string, Json, RegExp][] = [
      ['get_oci_sign_on_policy', { policy_id: 'f'.repeat(32) }, /knows no such thing/],
      ['get_oci_password_policy', { policy_id: 'a/b' }, /policy_id/],
      ['get_oci_identity_provider', { identity_provider_id: 'f'.repeat(32) }, /knows no such thing/],
      ['list_oci_identity_providers', { type: 'OIDC' }, /type/],
      ['get_oci_propagation_trust', { trust_id: 'f'.repeat(32) }, /knows no such thing/],
    ];
    tenancy.mutations.length = 0;
    for (const [tool, input, says] of cases) {
      const answer = await call(client, tool, input);
      expect(answer.isError, `${tool} ${JSON.stringify(input)}`).toBe(true);
      expect(answer.text, `${tool} ${JSON.stringify(input)}`).toMatch(says);
    }
    expect(tenancy.mutations).toEqual([]);
  });
});
