import { rollBackEndpoint } from "#server/respond/triage/actions/roll-back-endpoint.ts";
import { countUnacknowledgedPages, listQueue } from "#server/respond/triage/queue/queries.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import type { Calls } from "./call.ts";

/** The triage board. */
export const triageCalls = {
  listQueue: (ctx) => listQueue(ctx),
  countUnacknowledgedPages: (ctx) => countUnacknowledgedPages(ctx),
  getTriage: (ctx, { calledGroupId }) => getTriage(ctx, { groupId: calledGroupId }),
  rollBackEndpoint: (ctx, { endpointId }) => rollBackEndpoint(ctx, { endpointId, reason: "x" }),
} as const satisfies Calls;
