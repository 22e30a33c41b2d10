// What the simulated Scalekit workspace tells of itself to whoever points a client at it.

import type { Sandbox } from '../index.ts';
import type { Circumstances, Introduction } from '../introduction.ts';
import { sandboxPassword } from '../oidc/sign-in-form.ts';

/** Both ways to its API: as an environment's own client, and as somebody of the workspace. */
export async function introduceScalekit(sandbox: Sandbox, { latencyMs, faults }: Circumstances): Promise<Introduction> {
  const scalekit = await sandbox.scalekit();
  scalekit.setLatency(latencyMs);
  scalekit.setFaults(faults);
  const { url, production, development, apiUrl, client, login } = scalekit;
  return {
    what: 'A simulated Scalekit environment',
    url,
    ways: [
      {
        says: ['Point any client of its API at it; this secret opens nothing but the simulation:'],
        settings: {
          SCALEKIT_ENVIRONMENT_URL: url,
          SCALEKIT_CLIENT_ID: client.id,
          SCALEKIT_CLIENT_SECRET: client.secret,
        },
        commands: [
          `curl -s -u "$SCALEKIT_CLIENT_ID:$SCALEKIT_CLIENT_SECRET" -d grant_type=client_credentials ${url}/oauth/token`,
        ],
      },
      {
        says: [
          `Its workspace has another environment, at ${development.url} (client ${development.client.id}, secret`,
          `${development.client.secret}), and answers for both at ${apiUrl},`,
          `as somebody of the workspace and with the header x-env-domain: ${production.domain}`,
          `People sign in there to the public client ${login.clientId}, everybody with the password ${sandboxPassword}`,
        ],
      },
    ],
  };
}
