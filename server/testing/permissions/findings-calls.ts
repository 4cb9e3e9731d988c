import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";
import { renotifyFindings } from "#server/watch/monitoring/findings/renotify-findings.ts";
import { settleFindings } from "#server/watch/monitoring/findings/settle-findings.ts";
import { getIntegrity } from "#server/watch/monitoring/integrity/queries.ts";
import { watchIntegrity } from "#server/watch/monitoring/integrity/watch-integrity.ts";
import { watchConsistency } from "#server/watch/monitoring/quality/consistency/automatic/watch-consistency.ts";
import type { Calls } from "./call.ts";

/** Calls on the findings of monitoring, and on the data checks of endpoints. */
export const findingsCalls = {
  settleFindings: (ctx, { endpointId }) =>
    settleFindings(ctx, { endpointId, watcher: "drift", findings: [] }, notifyAfterChange),
  renotifyFindings: (ctx, { endpointId }) =>
    renotifyFindings(ctx, { endpointId, watcher: "drift", now: Date.now() }, notifyAfterChange),
  watchIntegrity: (ctx, { endpointId }) => watchIntegrity(ctx, endpointId, { now: Date.now() }, notifyAfterChange),
  watchConsistency: (ctx, { endpointId }) => watchConsistency(ctx, endpointId, Date.now(), notifyAfterChange),
  getIntegrity: (ctx, { endpointId }) => getIntegrity(ctx, { endpointId }),
  listFindings: (ctx) => listFindings(ctx),
} as const satisfies Calls;
