// Who signs in how: social logins of the environment, and customers' own identity providers, one of which fails and one is a draft.

import { makeUuid } from '../../random.ts';
import { baseOf, discover, judge, makeConnection } from './connection-make.ts';
import type { Connection, ConnectionTest } from './connection-records.ts';
import { customers } from './organization-seed.ts';
import type { Domain, Organization } from './records.ts';
import type { SeedContext } from './state.ts';

type Provider = Connection['provider'];

export function seedConnections(context: SeedContext): void {
  seedSocial(context);
  const { state, isProduction, seed } = context;
  if (!isProduction) {
    const [organization] = state.organizations.values();
    if (organization) addOidc(context, organization, 'IDP_SIMULATOR', 40);
    return;
  }
  const organizations = [...state.organizations.values()];
  const named = (name: string) => organizations.find((each) => each.display_name === name) as Organization;
  const own = organizations[0] as Organization;
  // The one by whose name the tokens of the company's own people say that they signed in.
  const ownConnection = addOidc(context, own, 'OKTA', 405, state.oauth.connectionId);
  addTest(context, ownConnection, { status: 'SUCCESS', user_info: '{"email":"helena.brandt@larkspur.example"}' });
  addOidc(context, named(customers.healthy), 'MICROSOFT_AD', 300);
  const failing = addSaml(context, named(customers.failingSso), 'ADFS', 260, 4);
  addTest(context, failing, {
    status: 'FAILURE',
    error: 'saml_response_invalid',
    error_description: 'The signature of the response could not be verified.',
    error_details: 'certificate expired',
  });
  const draft = makeConnection(
    state,
    { provider: 'GOOGLE', type: 'OIDC', organization_id: named(customers.draftSso).id },
    context.daysAgo(37),
  );
  if (draft.oidc_config) draft.oidc_config.issuer = 'https://accounts.google.example';
  judge(draft);
  state.connections.set(draft.id, draft);
  const providers: readonly Provider[] = ['OKTA', 'GOOGLE', 'MICROSOFT_AD', 'ONELOGIN', 'PING_IDENTITY', 'JUMPCLOUD'];
  const special: readonly string[] = Object.values(customers);
  for (const [n, organization] of organizations.entries()) {
    if (n % 4 !== 2 || special.includes(organization.display_name)) continue;
    const provider = providers[(n + seed) % providers.length] ?? 'OKTA';
    if (n % 8 === 2) addOidc(context, organization, provider, 200 - n);
    else addSaml(context, organization, provider, 200 - n, -300);
  }
}

function seedSocial({ state, isProduction, daysAgo }: SeedContext): void {
  const kinds: readonly (readonly [Provider, boolean])[] = isProduction
    ? [
        ['GOOGLE', true],
        ['MICROSOFT', true],
        ['GITHUB', false],
      ]
    : [['GOOGLE', true]];
  for (const [provider, enabled] of kinds) {
    const connection = makeConnection(state, { provider, type: 'OIDC' }, daysAgo(400));
    configureOidc(connection, `https://${provider.toLowerCase()}.example`);
    connection.enabled = enabled;
    state.connections.set(connection.id, connection);
  }
}

function configureOidc({ oidc_config: config, id }: Connection, issuer: string): void {
  if (!config) return;
  Object.assign(config, { issuer, client_id: `larkspur-${id.slice(-5)}`, client_secret: `idp-secret-of-${id}` });
  discover(config);
}

function addOidc(
  context: SeedContext,
  organization: Organization,
  provider: Provider,
  age: number,
  id?: string,
): Connection {
  const { state, daysAgo } = context;
  const given = { provider, type: 'OIDC', organization_id: organization.id, ...(id !== undefined && { id }) } as const;
  const connection = makeConnection(state, given, daysAgo(age));
  configureOidc(connection, `https://login.${organization.slug}.example`);
  return open(context, connection, organization);
}

function addSaml(
  context: SeedContext,
  organization: Organization,
  provider: Provider,
  age: number,
  expiredDaysAgo: number,
): Connection {
  const { state, daysAgo, seed } = context;
  const connection = makeConnection(state, { provider, type: 'SAML', organization_id: organization.id }, daysAgo(age));
  const issuer = `https://sso.${organization.slug}.example`;
  connection.configuration_type = 'MANUAL';
  Object.assign(connection.saml_config ?? {}, {
    idp_metadata_url: `${issuer}/metadata.xml`,
    idp_entity_id: issuer,
    idp_sso_url: `${issuer}/sso`,
    idp_certificates: [
      {
        id: makeUuid(seed, 801, age),
        issuer: `CN=${organization.display_name}`,
        certificate: `sha256:${makeUuid(seed, 802, age).replaceAll('-', '')}`,
        create_time: daysAgo(expiredDaysAgo + 365),
        expiry_time: daysAgo(expiredDaysAgo),
      },
    ],
  });
  return open(context, connection, organization);
}

function open({ state, daysAgo }: SeedContext, connection: Connection, organization: Organization): Connection {
  judge(connection);
  connection.enabled = true;
  state.connections.set(connection.id, connection);
  const feature = organization.settings.features.find(({ name }) => name === 'sso');
  if (feature) feature.enabled = true;
  const domain: Domain = {
    id: state.newId('dom'),
    create_time: connection.create_time,
    update_time: connection.create_time,
    domain: `${organization.slug}.example`,
    environment_id: state.record.id,
    organization_id: organization.id,
    txt_record_key: `_scalekit-challenge.${organization.slug}.example`,
    txt_record_secret: `scalekit-domain-verification=${connection.id.slice(-12)}`,
    verification_status: organization.display_name === customers.failingSso ? 'PENDING' : 'VERIFIED',
    domain_type: 'ORGANIZATION_DOMAIN',
  };
  state.domains.set(domain.id, domain);
  connection.update_time = daysAgo(2);
  return connection;
}

function addTest({ state }: SeedContext, connection: Connection, given: Partial<ConnectionTest>): void {
  const id = state.newId('test');
  const plain = { status: 'PENDING', user_info: '', error: '', error_description: '', error_details: '' } as const;
  state.connectionTests.set(`${connection.id}/${id}`, { ...plain, ...given, id });
  connection.test_connection_uri = `${baseOf(state)}/sso/v1/connections/${connection.id}/test?test_request_id=${id}`;
}
