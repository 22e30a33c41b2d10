// All tools of the OCI platform, by area.

import type { Toolsets } from '../../core/tool.ts';
import { applicationChangeTools } from './tools/application-changes.ts';
import { applicationTools } from './tools/applications.ts';
import { auditEventTools } from './tools/audit-events.ts';
import { callerTools } from './tools/caller.ts';
import { domainSettingTools } from './tools/domain-settings.ts';
import { grantChangeTools } from './tools/grant-changes.ts';
import { grantTools } from './tools/grants.ts';
import { groupChangeTools } from './tools/group-changes.ts';
import { groupMemberTools } from './tools/group-members.ts';
import { groupTools } from './tools/groups.ts';
import { identityProviderTools } from './tools/identity-providers.ts';
import { passwordPolicyTools } from './tools/password-policies.ts';
import { propagationTrustTools } from './tools/propagation-trusts.ts';
import { queryApiTools } from './tools/query-api.ts';
import { signOnPolicyTools } from './tools/sign-on-policies.ts';
import { tenancyTools } from './tools/tenancy.ts';
import { userChangeTools } from './tools/user-changes.ts';
import { userCredentialTools } from './tools/user-credentials.ts';
import { userFactorTools } from './tools/user-factors.ts';
import { userLifecycleTools } from './tools/user-lifecycle.ts';
import { userPasswordTools } from './tools/user-passwords.ts';
import { userTools } from './tools/users.ts';

export const allToolsets: Toolsets = {
  caller: callerTools,
  tenancy: [...tenancyTools, ...auditEventTools],
  users: [
    ...userTools,
    ...userChangeTools,
    ...userLifecycleTools,
    ...userPasswordTools,
    ...userFactorTools,
    ...userCredentialTools,
  ],
  groups: [...groupTools, ...groupMemberTools, ...groupChangeTools],
  applications: [...applicationTools, ...applicationChangeTools],
  grants: [...grantTools, ...grantChangeTools],
  sign_in: [...signOnPolicyTools, ...passwordPolicyTools, ...identityProviderTools],
  domain: [...domainSettingTools, ...propagationTrustTools],
  api: queryApiTools,
};
