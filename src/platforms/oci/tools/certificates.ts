// What of a certificate is worth knowing: whose it is, and until when. The certificate itself is long and tells no more.

import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

export const certificateView = z.object({
  subject: z.string().optional(),
  issuer: z.string().optional(),
  expires: z.string().optional(),
  expired: z.boolean().optional(),
  sha256: z.string().optional(),
  unreadable: z.boolean().optional(),
});

/** @param text PEM, or base64 of the DER without its frame. @param now epoch milliseconds */
export function viewCertificate(text: string, now: number): z.output<typeof certificateView> {
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
