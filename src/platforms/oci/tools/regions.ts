// Whether a tenancy has anything in a region.

import { z } from 'zod';
import type { OciClient } from '../client.ts';
import { wrong } from './shared.ts';

const entity = z.looseObject({ regionName: z.string() });

/**
 * Nothing goes out to where the tenancy has nothing.
 * @throws CastellanError `invalid_input` for a region that it is not subscribed to
 */
export async function checkRegion(client: OciClient, region: string | undefined): Promise<void> {
  const { tenancy, region: home } = await client.identity();
  if (region === undefined || region === home) return;
  const path = ['tenancies', tenancy, 'regionSubscriptions'];
  const { items } = await client.service('identity').list({ path, entity, max: 200 });
  const names = items.map(({ regionName }) => regionName);
  if (!names.includes(region))
    throw wrong(`The tenancy is not subscribed to the region ${region}.`, `Its regions: ${names.join(', ')}.`);
}
