import { getQuality, listQuality } from "#server/watch/monitoring/quality/queries.ts";
import type { Calls } from "./call.ts";

const day = { from: new Date("2026-05-01"), to: new Date("2026-05-02") };

/** Labels, estimates, fairness, consistency. */
export const qualityCalls = {
  getQuality: (ctx, { endpointId }) => getQuality(ctx, { endpointId, ...day }),
  listQuality: (ctx) => listQuality(ctx, day),
} as const satisfies Calls;
