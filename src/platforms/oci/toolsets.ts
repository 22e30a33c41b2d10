// The tools of the OCI platform. The build puts what a start needs of them in the place of this file
// (rolldown.config.ts): their names and schemas; the code follows at the first call.

export { allToolsets as toolsets } from './all-tools.ts';
