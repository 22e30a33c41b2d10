// How callers are called who did not sign in at the identity provider, so that none of them is ever taken for somebody who did.

import { hash } from 'node:crypto';

const machinePrefix = 'machine:';
/** What stands in records and seals must be one word. */
const word = /^[\x21-\x7e]{1,255}$/;

export function machineId(id: string): string {
  return machinePrefix + id;
}

/** Somebody whom another identity provider vouches for: the same name there is not the same person. */
export function foreignId(issuer: string, subject: string): string {
  const id = `${issuer}#${subject}`;
  return word.test(id) ? id : `${issuer}#sha256-${hash('sha256', subject, 'base64url')}`;
}

/** Whether an identity provider may call somebody so who signs in. */
export function isReserved(id: string): boolean {
  return id.startsWith(machinePrefix) || id.includes('#');
}
