import type { Database } from "#db/client.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import {
  type Horizon,
  maxSealedEntries,
  openWriters,
  readHorizon,
  sealEntries,
} from "#server/platform/audit/seals/seal-entries.ts";
import { oldestUnsealed } from "#server/platform/audit/seals/sealed-entries.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";

/** Age of an unsealed entry from which the page of recurring work shows a problem. */
const maxLagMs = 10 * minuteMs;

/**
 * Seals the entries of the audit log some seconds after they are committed. Commands never wait for it: it waits for them, and seals
 * up to an id only when no open transaction can add an entry below it.
 */
export function sealWatcher(db: Database): Watcher {
  let horizon: Horizon | undefined;
  return new Watcher({
    name: "audit-seals",
    db,
    everyMs: 2_000,
    startsInBackground: true,
    async run({ db, now, isStopping }) {
      if (!(await oldestUnsealed(db))) return;
      horizon ??= await readHorizon(db);
      if ((await openWriters(db, horizon)).length === 0) {
        while ((await sealEntries(db, horizon.id, new Date(now()))) === maxSealedEntries && !isStopping());
        horizon = undefined;
      }
      const oldest = await oldestUnsealed(db);
      if (oldest && !horizon) horizon = await readHorizon(db);
      if (!oldest || now() - oldest.getTime() < maxLagMs) return;
      throw new DomainError(
        "unavailable",
        `Audit entries since ${oldest.toISOString()} are not sealed yet. A transaction may be open since then.`,
      );
    },
  });
}
