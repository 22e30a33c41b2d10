// Every kind of resource that the simulated identity domain has.

import type { Kind } from './kind.ts';
import { appKind } from './kinds/apps.ts';
import { apiKeyKind, authTokenKind, customerSecretKeyKind, deviceKind } from './kinds/credentials.ts';
import { appRoleKind, grantKind } from './kinds/grants.ts';
import { groupKind } from './kinds/groups.ts';
import { factorSettingKind, settingKind } from './kinds/settings.ts';
import { conditionKind, networkPerimeterKind, policyKind, ruleKind } from './kinds/sign-on.ts';
import { identityProviderKind, passwordPolicyKind, trustKind } from './kinds/trust.ts';
import { userKind } from './kinds/users.ts';

export const kinds: readonly Kind[] = [
  userKind,
  groupKind,
  appKind,
  appRoleKind,
  grantKind,
  apiKeyKind,
  authTokenKind,
  customerSecretKeyKind,
  deviceKind,
  policyKind,
  ruleKind,
  conditionKind,
  networkPerimeterKind,
  passwordPolicyKind,
  identityProviderKind,
  trustKind,
  settingKind,
  factorSettingKind,
];

const byPath = new Map(kinds.map((kind) => [kind.path, kind]));

export const kindAt = (path: string): Kind | undefined => byPath.get(path);
