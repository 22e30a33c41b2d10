// A process that writes to an audit log until it is done or killed. It says of each record what became of it.

import { writeSync } from 'node:fs';
import { openAuditLog } from '../../src/observe/audit-log.ts';

const [folder = '', count = '0', segmentBytes = '100000'] = process.argv.slice(2);
// Otherwise a limit on files ends the process instead of failing its write.
process.on('SIGXFSZ', () => {});
const log = openAuditLog({ folder, now: Date.now, segmentBytes: Number(segmentBytes) });
const pending = new Set<Promise<void>>();

for (let place = 0; place < Number(count); place++) {
  const call = `${process.pid}-${place}`;
  const appended = log
    .append(
      { event: 'asked', call, tool: 'list_okta_users', access: 'read', caller: 'local' },
      place % 10 ? 'process' : 'power',
    )
    .then(
      () => void writeSync(1, `kept ${call}\n`),
      (error: Error) => void writeSync(1, `refused ${call} ${error.message}\n`),
    )
    .finally(() => pending.delete(appended));
  pending.add(appended);
  // Some alone, some several at once.
  if (place % 3 !== 0) await appended;
}
await Promise.all(pending);
await log.close().catch(() => {});
