// Settings of the domain, of which there is one of each: it is there, and neither made nor deleted.

import type { Kind } from '../kind.ts';
import { factorSettingAttributes, settingAttributes } from '../schemas/settings.ts';

const idcs = 'urn:ietf:params:scim:schemas:oracle:idcs:';

export const settingKind: Kind = {
  path: 'Settings',
  name: 'Settings',
  urn: `${idcs}Settings`,
  attributes: settingAttributes,
  operations: ['list', 'read', 'replace', 'patch'],
  settle({ domain }, { after }) {
    domain.publishesKeys = after.signingCertPublicAccess === true;
  },
};

export const factorSettingKind: Kind = {
  path: 'AuthenticationFactorSettings',
  name: 'AuthenticationFactorSettings',
  urn: `${idcs}AuthenticationFactorSettings`,
  attributes: factorSettingAttributes,
  operations: ['list', 'read', 'replace'],
};
