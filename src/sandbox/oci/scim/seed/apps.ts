// The company's applications, their roles and who was granted them; among them one that nobody uses, and a role that everybody has.

import { administrators, helpDesk } from '../../../company/teams.ts';
import { groupIdOf, type OciApp, type OciResource } from '../../domain.ts';
import { domainAdministrator } from '../access.ts';
import { appKind, usualFlags } from '../kinds/apps.ts';
import { appRoleKind, grantKind } from '../kinds/grants.ts';
import type { Complex } from '../resource.ts';
import { domainAppId, everybody } from '../role-holding.ts';
import type { Cast } from './people.ts';
import { idFor, plant, type Soil } from './plant.ts';

const administratorRoles = [
  [domainAdministrator, 'Administers everything in the identity domain'],
  ['Security Administrator', 'Administers security settings, policies and identity providers'],
  ['Application Administrator', 'Administers applications and who may use them'],
  ['User Administrator', 'Administers users, groups and group memberships'],
  ['User Manager', 'Manages users and their passwords'],
  ['Help Desk Administrator', 'Unlocks users, resets passwords and second factors'],
  ['Audit Administrator', 'Runs reports and reads everything'],
] as const;

export function plantApps(soil: Soil, stories: Cast): void {
  const { domain } = soil;
  plantDomainApp(soil);
  plantClient(soil, domain.app, 'CustomWebAppTemplateId', 'Assistants administer identities through it', 214);
  plantClient(soil, domain.exchangeApp, 'CustomWebAppTemplateId', "Exchanges people's tokens for sessions", 214);
  for (const resource of domain.resources) plantResourceApp(soil, 'Castellan MCP', resource);
  const payments = plantApp(soil, 'Treasury Payments', 'Payment runs and their approval', 820, web('payments'));
  const wms = plantApp(soil, 'Dock Scheduler', 'Slots and gates of the warehouses', 640, web('docks'));
  plantApp(soil, 'Freight Quotes (legacy)', 'Replaced; nobody has signed in since', 1460, web('quotes'));
  plantApp(soil, 'Carrier Portal Pilot', 'Ended pilot', 410, { ...web('carriers'), active: false });
  const roles = {
    approver: plantRole(soil, payments, 'Payment Approver', 'Releases payments of any amount'),
    viewer: plantRole(soil, payments, 'Payment Viewer', 'Reads payment runs'),
    planner: plantRole(soil, wms, 'Slot Planner', 'Plans slots'),
  };
  // The story: whoever has an account may release payments.
  plantGrant(soil, 'Group', everybody, payments, roles.approver, 390);
  plantGrant(soil, 'Group', groupIdOf('Finance'), payments, roles.viewer, 800);
  plantGrant(soil, 'Group', groupIdOf('Warehouse Operations'), wms, roles.planner, 620);
  const domainRole = (name: string) => idFor(soil, `role ${domainAppId} ${name}`);
  plantGrant(soil, 'Group', groupIdOf(administrators), domainAppId, domainRole(domainAdministrator), 1100);
  plantGrant(soil, 'Group', groupIdOf(helpDesk), domainAppId, domainRole('Help Desk Administrator'), 1100);
  plantGrant(soil, 'App', idFor(soil, `app ${domain.app.name}`), domainAppId, domainRole(domainAdministrator), 214);
  if (stories.bareAdmin)
    plantGrant(soil, 'User', stories.bareAdmin.id, domainAppId, domainRole(domainAdministrator), 77);
}

export function plantResourceApp(soil: Soil, displayName: string, { audience, scopes }: OciResource): void {
  plantApp(soil, displayName, 'Takes tokens of the domain', 214, {
    isOAuthResource: true,
    audience,
    scopes: scopes.map((value) => ({ value, fqs: `${audience}${value}`, requiresConsent: false })),
  });
}

const web = (name: string): Complex => ({
  isOAuthClient: true,
  clientType: 'confidential',
  loginMechanism: 'OIDC',
  showInMyApps: true,
  allowedGrants: ['authorization_code'],
  landingPageUrl: `https://${name}.larkspur.example/`,
  redirectUris: [`https://${name}.larkspur.example/callback`],
  postLogoutRedirectUris: [`https://${name}.larkspur.example/`],
});

function plantDomainApp(soil: Soil): void {
  plant(
    soil,
    appKind,
    domainAppId,
    {
      ...usualFlags,
      name: domainAppId,
      displayName: 'Identity Domain Service',
      description: 'The identity domain itself',
      active: true,
      infrastructure: true,
      isOPCService: true,
      basedOnTemplate: { value: 'InternalAppTemplateId' },
      idcsPreventedOperations: ['replace', 'update', 'delete'],
    },
    { created: 1500 },
  );
  for (const [name, description] of administratorRoles) plantRole(soil, domainAppId, name, description, true);
}

function plantClient(soil: Soil, client: OciApp, template: string, description: string, created: number): void {
  plantApp(soil, client.name, description, created, {
    name: client.id,
    clientSecret: client.secret,
    isOAuthClient: true,
    clientType: 'confidential',
    allowedGrants: [...client.grants],
    redirectUris: [...client.redirectUris],
    postLogoutRedirectUris: [...client.logoutUris],
    basedOnTemplate: { value: template },
  });
}

function plantApp(soil: Soil, displayName: string, description: string, created: number, more: Complex): string {
  const id = idFor(soil, `app ${displayName}`);
  const isClient = more.isOAuthClient === true;
  const attributes = {
    ...usualFlags,
    name: idFor(soil, `client ${displayName}`),
    displayName,
    description,
    active: true,
    basedOnTemplate: { value: 'CustomWebAppTemplateId' },
    ...(isClient && { clientSecret: `idcscs-${idFor(soil, `secret ${displayName}`)}` }),
    ...more,
  };
  plant(soil, appKind, id, attributes, { created });
  return id;
}

function plantRole(soil: Soil, appId: string, displayName: string, description: string, adminRole = false): string {
  const id = idFor(soil, `role ${appId} ${displayName}`);
  const attributes = {
    displayName,
    description,
    uniqueName: `${appId}_${displayName}`,
    adminRole,
    public: false,
    limitedToOneOrMoreGroups: false,
    availableToUsers: true,
    availableToGroups: true,
    availableToClients: adminRole,
    app: { value: appId },
  };
  plant(soil, appRoleKind, id, attributes, { created: 640 });
  return id;
}

function plantGrant(
  soil: Soil,
  type: 'User' | 'Group' | 'App',
  grantee: string,
  app: string,
  role: string,
  created: number,
): void {
  // A small company has not every team.
  const isThere = { User: 'Users', Group: 'Groups', App: 'Apps' }[type];
  if (!soil.store.get(isThere, grantee)) return;
  const compositeKey = [type, grantee, app, role].join('_');
  const attributes = {
    grantMechanism: `ADMINISTRATOR_TO_${type.toUpperCase()}`,
    grantee: { value: grantee, type },
    app: { value: app },
    entitlement: { attributeName: 'appRoles', attributeValue: role },
    isFulfilled: true,
    compositeKey,
    grantor: { value: domainAppId, type: 'App' },
  };
  plant(soil, grantKind, idFor(soil, `grant ${compositeKey}`), attributes, { created });
}
