// A process of its own that asks an organization as the person who signed in: node ask-as-person.ts FOLDER ORIGIN CLIENT.

import { loadDefaults } from '../../src/core/settings.ts';
import { openOktaCredential } from '../../src/platforms/okta/credential.ts';
import { credentialSettings } from '../../src/platforms/okta/credential-settings.ts';
import { createVault } from '../../src/stores/vault.ts';

const [folder = '', orgUrl = '', clientId = ''] = process.argv.slice(2);
const openKeyring = () => Promise.reject(new Error('none'));
const vault = createVault({ folder, say: () => {}, openKeyring });
const settings = { ...loadDefaults(credentialSettings), orgUrl, clientId };
const deps = { fetch, now: Date.now, userAgent: 'castellan-test', vault };
const credential = openOktaCredential('acme', settings, deps);
const url = new URL('/api/v1/users', orgUrl);
try {
  const headers = await credential.prove({ method: 'GET', url, signal: AbortSignal.timeout(15_000) });
  const { status } = await fetch(url, { headers });
  process.send?.(status);
} catch (error) {
  process.send?.(String(error));
}
process.disconnect?.();
