// What Castellan offers to read about an identity domain and its tenancy.

import type { Resource } from '../../core/offering.ts';
import {
  completeApplications,
  completeAppRoles,
  completeCompartments,
  completeGroups,
  completeIdentityProviders,
  completeRegions,
  completeSignOnPolicies,
  completeUsers,
} from './completions.ts';

/** Answers of tools, as tools write them. */
const mimeType = 'text/plain';

export const ociResources: readonly Resource[] = [
  {
    uri: 'oci://users/{userId}',
    name: 'oci-user',
    title: 'An OCI user',
    description: 'State, groups, roles, second factor and last sign-in.',
    mimeType,
    complete: { userId: completeUsers },
    call: { tool: 'get_oci_user', input: ({ userId }) => ({ user_id: userId }) },
  },
  {
    uri: 'oci://groups/{groupId}',
    name: 'oci-group',
    title: 'An OCI group',
    description: 'Owners, app roles and members.',
    mimeType,
    complete: { groupId: completeGroups },
    call: { tool: 'get_oci_group', input: ({ groupId }) => ({ group_id: groupId, members: true }) },
  },
  {
    uri: 'oci://applications/{appId}',
    name: 'oci-application',
    title: 'An OCI application',
    description: 'How it is set up, without its secret.',
    mimeType,
    complete: { appId: completeApplications },
    call: { tool: 'get_oci_application', input: ({ appId }) => ({ app_id: appId }) },
  },
  {
    uri: 'oci://app-roles/{appRoleId}/grants',
    name: 'oci-app-role-grants',
    title: 'Who has an OCI app role',
    description: 'Users, groups and applications that were granted it.',
    mimeType,
    complete: { appRoleId: completeAppRoles },
    call: { tool: 'list_oci_grants', input: ({ appRoleId }) => ({ app_role_id: appRoleId }) },
  },
  {
    uri: 'oci://sign-on-policies/{policyId}',
    name: 'oci-sign-on-policy',
    title: 'An OCI sign-on policy',
    description: 'Its rules in order, with whom each is for and what it asks.',
    mimeType,
    complete: { policyId: completeSignOnPolicies },
    call: { tool: 'get_oci_sign_on_policy', input: ({ policyId }) => ({ policy_id: policyId }) },
  },
  {
    uri: 'oci://identity-providers/{providerId}',
    name: 'oci-identity-provider',
    title: 'An OCI identity provider',
    description: 'Addresses, how its people become users, and its certificates.',
    mimeType,
    complete: { providerId: completeIdentityProviders },
    call: {
      tool: 'get_oci_identity_provider',
      input: ({ providerId }) => ({ identity_provider_id: providerId }),
    },
  },
  {
    uri: 'oci://compartments/{compartmentId}/policies',
    name: 'oci-compartment-policies',
    title: 'Policies of an OCI compartment',
    description: 'Who may do what there, by their statements.',
    mimeType,
    complete: { compartmentId: completeCompartments },
    call: { tool: 'list_oci_policies', input: ({ compartmentId }) => ({ compartment_id: compartmentId }) },
  },
  {
    uri: 'oci://regions/{region}/availability-domains',
    name: 'oci-availability-domains',
    title: 'Availability domains of an OCI region',
    description: 'Their names, as other services take them.',
    mimeType,
    complete: { region: completeRegions },
    call: { tool: 'list_oci_availability_domains', input: ({ region }) => ({ region }) },
  },
  {
    uri: 'oci://tenancy',
    name: 'oci-tenancy',
    title: 'The OCI tenancy',
    description: 'Its name and home region.',
    mimeType,
    call: { tool: 'get_oci_tenancy', input: () => ({}) },
  },
  {
    uri: 'oci://domain/settings',
    name: 'oci-domain-settings',
    title: 'Settings of the OCI identity domain',
    description: 'Keys, sessions, trust, contacts and language.',
    mimeType,
    call: { tool: 'get_oci_domain_settings', input: () => ({}) },
  },
];
