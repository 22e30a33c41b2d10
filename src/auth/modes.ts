// What must hold of whose tokens are taken and of where people sign in, together.

import type { Fault } from '../core/settings.ts';
import type { BrokerSettings } from './broker/settings.ts';
import { type AuthSettings, authSettings } from './settings.ts';
import type { SignInSettings } from './sign-in-settings.ts';

export interface DoorConfig {
  readonly auth: AuthSettings;
  readonly signIn: SignInSettings;
  readonly broker: BrokerSettings;
}

export function findDoorFaults({ auth, signIn, broker }: DoorConfig): Fault[] {
  if (auth.issuer !== undefined) {
    // Whoever wrote them down believes that they let somebody in.
    // What was refused by itself is absent.
    const set: Partial<BrokerSettings> = broker;
    const names = (['clients', 'machines', 'assertionIssuers'] as const).filter((name) => set[name]?.length);
    const problem = 'is not used: tokens are those of auth.issuer, which knows its own clients';
    const todo =
      'Leave it out, or set signIn.issuer in the place of auth.issuer, so that Castellan issues tokens itself.';
    return names.map((name) => ({ where: `broker.${name}`, problem, todo }));
  }
  if (signIn.issuer === undefined || auth.publicUrl !== undefined) return [];
  const { env, description } = authSettings.publicUrl;
  return [{ where: env[0], problem: 'is missing, and people are to sign in', todo: description }];
}
