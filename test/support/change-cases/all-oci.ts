// The cases of all areas of OCI.

import type { OciCase } from '../oci-changes.ts';
import { ociAccessCases } from './oci-access.ts';
import { ociGroupCases } from './oci-groups.ts';
import { ociUserCases } from './oci-users.ts';

export const ociCases: readonly OciCase[] = [...ociUserCases, ...ociGroupCases, ...ociAccessCases];
