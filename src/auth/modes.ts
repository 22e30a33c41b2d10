// What must hold of whose tokens are taken and of where people sign in, together.

import type { Fault } from '../core/settings.ts';
import { type AuthSettings, authSettings } from './settings.ts';
import type { SignInSettings } from './sign-in-settings.ts';

export function findDoorFaults(config: { readonly auth: AuthSettings; readonly signIn: SignInSettings }): Fault[] {
  const { auth, signIn } = config;
  if (signIn.issuer === undefined || auth.publicUrl !== undefined) return [];
  const { env, description } = authSettings.publicUrl;
  return [{ where: env[0], problem: 'is missing, and people are to sign in', todo: description }];
}
