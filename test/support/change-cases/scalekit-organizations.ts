// Organizations, their features, the links to their admin portal, and their directories.

import { checkPreview } from '../changes.ts';
import type { ScalekitWorkspace } from '../scalekit.ts';
import { type Json, listAt, type ScalekitCase } from '../scalekit-changes.ts';

export const at = ({ scalekit }: ScalekitWorkspace) => ({ environmentId: scalekit.production.id });

/** proto3 leaves out what is false. `besides` are fields that Scalekit changes by itself. */
export function compareFields(...besides: readonly string[]): NonNullable<ScalekitCase['compare']> {
  const plain = (value: unknown) => (value === false ? undefined : value);
  return (preview, before, after) => {
    const said = preview
      .map(({ field, before: old, after: young }) => ({ field, before: plain(old), after: plain(young) }))
      .filter(({ before: old, after: young }) => old !== undefined || young !== undefined);
    checkPreview({ besides } as never, said, before, after);
  };
}

/** An organization that has connections, or directories, and one that has neither. */
export async function organizationWith(workspace: ScalekitWorkspace, feature: 'sso' | 'dir_sync' | 'none') {
  const organizations = await listAt(workspace, 'organizations?page_size=100', 'organizations');
  const found = organizations.find(({ settings }) => {
    const features = (settings as { features: Json[] }).features;
    const on = (name: string) => features.some((each) => each.name === name && each.enabled === true);
    return feature === 'none' ? !on('sso') && !on('dir_sync') : on(feature);
  });
  if (!found) throw new Error(`no organization has ${feature}`);
  return found as Json & { readonly id: string };
}

async function directoryThat(workspace: ScalekitWorkspace, enabled: boolean) {
  const organizations = await listAt(workspace, 'organizations?page_size=100', 'organizations');
  for (const { id } of organizations) {
    const directories = await listAt(workspace, `organizations/${id}/directories`, 'directories');
    const found = directories.find((directory) => (directory.enabled ?? false) === enabled);
    if (found) return { ...at(workspace), organizationId: id as string, directoryId: found.id as string };
  }
  throw new Error(`no directory is ${enabled ? 'enabled' : 'disabled'}`);
}

function compareFeatures(preview: readonly unknown[], before: readonly unknown[], after: readonly unknown[]): void {
  const namesOn = ([state]: readonly unknown[]) =>
    ((state as { settings?: { features?: Json[] } }).settings?.features ?? [])
      .filter(({ enabled }) => enabled)
      .map(({ name }) => name);
  const was = namesOn(before);
  const told = (preview as { field: string; after: boolean }[]).map(({ field, after: on }) => [
    field.replace('settings.features.', ''),
    on,
  ]);
  const wanted = new Set(was);
  for (const [name, on] of told) on ? wanted.add(name) : wanted.delete(name);
  if (JSON.stringify([...wanted].sort()) !== JSON.stringify(namesOn(after).sort()))
    throw new Error(`the preview says ${JSON.stringify(preview)}, and there is ${JSON.stringify(after)}`);
}

const organizationOf = (id: string) => `organizations/${id}`;

export const scalekitOrganizationCases: readonly ScalekitCase[] = [
  {
    tool: 'create_organization',
    asks: false,
    undo: 'all',
    besides: ['id', 'settings', 'region_code', 'slug'],
    prepare: async (workspace) => ({
      input: {
        ...at(workspace),
        organizationName: 'Tidewater Cold Stores',
        externalId: 'cust-new',
        metadata: { plan: 'standard', berth: 'North 4' },
      },
      reads: ['organizations/{made}'],
    }),
  },
  {
    tool: 'update_organization',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const input = {
        ...at(workspace),
        organizationId: id,
        organizationName: 'Tidewater',
        metadata: { berth: 'North' },
      };
      return { input, reads: [organizationOf(id)] };
    },
  },
  {
    tool: 'update_organization',
    when: 'that loses a key of its metadata',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      await workspace.write('PATCH', organizationOf(id), { metadata: { plan: 'standard', berth: 'South' } });
      return {
        input: { ...at(workspace), organizationId: id, metadata: { berth: null } },
        reads: [organizationOf(id)],
      };
    },
  },
  {
    tool: 'update_organization',
    when: 'that loses its external id',
    asks: false,
    undo: 'all',
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      return { input: { ...at(workspace), organizationId: id, remove: ['externalId'] }, reads: [organizationOf(id)] };
    },
  },
  {
    tool: 'delete_organization',
    asks: true,
    undo: 'none',
    besides: ['id', 'settings', 'region_code', 'slug'],
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'sso');
      return { input: { ...at(workspace), organizationId: id }, reads: [organizationOf(id)] };
    },
  },
  {
    tool: 'update_organization_settings',
    asks: false,
    undo: 'all',
    compare: compareFeatures,
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const features = [{ name: 'sso', enabled: true }];
      return { input: { ...at(workspace), organizationId: id, features }, reads: [organizationOf(id)] };
    },
  },
  {
    tool: 'update_organization_settings',
    when: 'where people sign in with connections',
    asks: true,
    undo: 'all',
    compare: compareFeatures,
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'sso');
      const features = [{ name: 'sso', enabled: false }];
      return { input: { ...at(workspace), organizationId: id, features }, reads: [organizationOf(id)] };
    },
  },
  {
    tool: 'generate_admin_portal_link',
    asks: true,
    undo: 'all',
    compare: () => {},
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const input = { ...at(workspace), organizationId: id, features: ['sso', 'dir_sync'] };
      return { input, reads: [`organizations/${id}/portal_links`] };
    },
  },
  {
    tool: 'revoke_admin_portal_links',
    asks: true,
    undo: 'none',
    compare: () => {},
    async prepare(workspace) {
      const { id } = await organizationWith(workspace, 'none');
      const input = { ...at(workspace), organizationId: id };
      return { input, first: [['generate_admin_portal_link', input]], reads: [`organizations/${id}/portal_links`] };
    },
  },
  {
    tool: 'enable_organization_directory',
    asks: true,
    undo: 'partly',
    compare: compareFields(),
    async prepare(workspace) {
      const input = await directoryThat(workspace, true);
      const path = `organizations/${input.organizationId}/directories/${input.directoryId}`;
      await workspace.write('PATCH', `${path}:disable`);
      return { input, reads: [path] };
    },
  },
  {
    tool: 'disable_organization_directory',
    asks: true,
    undo: 'all',
    compare: compareFields(),
    async prepare(workspace) {
      const input = await directoryThat(workspace, true);
      return { input, reads: [`organizations/${input.organizationId}/directories/${input.directoryId}`] };
    },
  },
];
