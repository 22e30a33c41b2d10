// How requests to an Okta organization prove their right: an API token (SSWS).

import type { Secret } from '../../core/secret.ts';
import type { Credential } from '../../core/upstream.ts';

/** https://developer.okta.com/docs/reference/core-okta-api/#authentication */
export function createSswsCredential(token: Secret): Credential {
  return async () => ({ authorization: `SSWS ${token.reveal()}` });
}
