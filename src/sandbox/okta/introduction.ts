// What the simulated Okta organization tells of itself to whoever points a client at it.

import type { SandboxOkta } from '../index.ts';
import type { Circumstances, Introduction } from '../introduction.ts';

export function introduceOkta(okta: SandboxOkta, { users, hasServiceKey }: Circumstances): Introduction {
  const asApp = {
    says: ['As its service app, with your private key:'],
    settings: { OKTA_CLIENT_ID: okta.oauth.serviceClientId },
    commands: ['export OKTA_PRIVATE_KEY="$(cat key.pem)"; castellan doctor'],
  };
  return {
    what: `A simulated Okta organization with ${users} users`,
    url: okta.url,
    ways: [
      {
        says: ['Point any Okta client at it; this token opens nothing but the simulation:'],
        settings: { OKTA_CLIENT_ORGURL: okta.url, OKTA_API_TOKEN: okta.token },
        commands: ['curl -s -H "Authorization: SSWS $OKTA_API_TOKEN" "$OKTA_CLIENT_ORGURL/api/v1/users?limit=2"'],
      },
      {
        says: ['Or with OAuth (unset OKTA_API_TOKEN first). As one of its people:'],
        settings: { OKTA_CLIENT_ID: okta.oauth.nativeClientId },
        commands: ['castellan login okta'],
      },
      hasServiceKey ? asApp : { says: ['As its service app: start again with --service-key and your public key.'] },
    ],
  };
}
