import { markExpected } from "#server/monitoring/expected/mark-expected.ts";
import { listExpected } from "#server/monitoring/expected/queries.ts";
import { revokeExpected } from "#server/monitoring/expected/revoke-expected.ts";
import { readStates } from "#server/monitoring/history/queries.ts";
import { getMonitor } from "#server/monitoring/settings/queries.ts";
import { setMonitor } from "#server/monitoring/settings/set-monitor.ts";
import type { Calls } from "./call.ts";

const reason = "x";

/** How endpoints are watched: references, drift, data quality, quality, findings. */
export const monitoringCalls = {
  getMonitor: (ctx, { endpointId }) => getMonitor(ctx, { endpointId }),
  setMonitor: (ctx, { endpointId }) => setMonitor(ctx, { endpointId, settings: {}, reason }),
  listExpected: (ctx, { endpointId }) => listExpected(ctx, { endpointId }),
  markExpected: (ctx, { endpointId }) => markExpected(ctx, { endpointId, feature: "x", reason }),
  revokeExpected: (ctx, { endpointId, expectedMarkId }) =>
    revokeExpected(ctx, { endpointId, markId: expectedMarkId, reason }),
  readStates: (ctx, { endpointId }) => readStates(ctx, { endpointId, from: new Date(0), to: new Date() }),
} as const satisfies Calls;
