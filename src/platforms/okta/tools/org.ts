// The organization itself: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingGeneral/

import { z } from 'zod';
import { fullObject, viewInput } from '../../../core/listing.ts';
import { defineTools } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { fullOf, present, type View } from '../views.ts';

const tool = defineTools<OktaClient>();
const text = z.string().nullish();

const orgEntity = z.object({
  id: z.string(),
  companyName: text,
  subdomain: text,
  status: text,
  website: text,
  supportPhoneNumber: text,
  endUserSupportHelpURL: text,
  created: text,
  expiresAt: text,
});
const orgView = z.object({
  id: z.string(),
  name: z.string(),
  subdomain: z.string().optional(),
  status: z.string().optional(),
  website: z.string().optional(),
  support_phone: z.string().optional(),
  support_url: z.string().optional(),
  created: z.string().optional(),
  expires: z.string().optional().describe('trial organizations'),
  full: fullObject,
});

export async function readOrganization(client: OktaClient, view: View): Promise<z.output<typeof orgView>> {
  const org = await client.get(['org'], orgEntity);
  return {
    id: org.id,
    name: org.companyName ?? '',
    ...present({
      subdomain: org.subdomain,
      status: org.status,
      website: org.website,
      support_phone: org.supportPhoneNumber,
      support_url: org.endUserSupportHelpURL,
      created: org.created,
      expires: org.expiresAt,
    }),
    ...fullOf(org, view),
  };
}

export const orgTools = [
  tool({
    name: 'get_okta_organization',
    title: 'Get the Okta organization',
    description: 'The organization: company, subdomain, status, where its people get help.',
    access: 'read',
    scopes: ['okta.orgs.read'],
    input: () => z.strictObject(viewInput),
    output: () => orgView,
    run: ({ view }, { client }) => readOrganization(client, view),
  }),
];
