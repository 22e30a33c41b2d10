// What of a certificate is worth knowing: whose it is, and until when. The certificate itself is long and tells no more.

import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** Its schema says little about the parts: all conversations pay for it. */
export const certificateFacts = z.record(z.string(), z.unknown()).describe('subject, issuer, expires, expired, sha256');

/** @param text PEM, or base64 of the DER without its frame. @param now epoch milliseconds */
export function viewCertificate(text: string, now: number): Record<string, unknown> {
  try {
    const { subject, issuer, validToDate, fingerprint256 } = new X509Certificate(
      text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'),
    );
    return {
      subject: inLine(subject),
      issuer: inLine(issuer),
      expires: validToDate.toISOString(),
      expired: validToDate.getTime() < now,
      sha256: fingerprint256,
    };
  } catch {
    return { unreadable: true };
  }
}

/** Node writes each part of a name on a line. */
function inLine(name: string): string {
  return name.split('\n').reverse().join(', ');
}
