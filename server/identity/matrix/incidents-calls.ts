import { listChanges } from "#server/changes/queries.ts";
import { tellChange } from "#server/changes/tell-change.ts";
import type { Calls } from "./call.ts";

const span = { from: new Date(0), to: new Date(Date.UTC(2100, 0)) };

/** Incidents, runbooks, and what changed. */
export const incidentsCalls = {
  listChanges: (ctx, { endpointId }) => listChanges(ctx, { endpointId, ...span }),
  tellChange: (ctx, { endpointId }) => tellChange(ctx, { endpointId, kind: "data", title: "x" }),
} as const satisfies Calls;
