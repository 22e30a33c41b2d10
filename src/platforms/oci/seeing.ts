// What whoever the requests are made as may see: rights in an identity domain are those of their administrator roles.

import { CastellanError } from '../../core/errors.ts';

/** Undefined for what is not there, or may not be seen; whatever else goes wrong is thrown on. */
export async function orUnseen<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CastellanError && (error.code === 'missing_scope' || error.code === 'not_found'))
      return undefined;
    throw error;
  }
}
