import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Change, TellChange } from "#server/changes/contract.ts";
import { listChanges } from "#server/changes/queries.ts";
import { tellChange } from "#server/changes/tell-change.ts";
import { dayMs } from "#server/durations.ts";
import { findEndpoint } from "#server/serving/lookups.ts";
import { route } from "./route.ts";

/** What changed, as charts and incidents mark it, and telling of what Leeway does not see by itself. */
export function changes(app: FastifyInstance): void {
  const query = z.object({
    endpoint: z.string().optional().describe("Only those of one endpoint, and what concerns all."),
    from: z.coerce.date().optional().describe("ISO 8601; a day before the end when left out."),
    to: z.coerce.date().optional().describe("ISO 8601; now when left out."),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  });
  const list = { summary: "List what changed, newest first", query, response: z.object({ changes: z.array(Change) }) };
  route(app, { method: "GET", path: "/changes", ...list }, async ({ ctx, query: { endpoint, limit, ...span } }) => {
    const to = span.to ?? new Date();
    const from = span.from ?? new Date(to.getTime() - dayMs);
    const endpointId = endpoint === undefined ? undefined : (await findEndpoint(ctx, endpoint)).id;
    return { changes: await listChanges(ctx, { endpointId, from, to, limit }) };
  });
  const body = TellChange.omit({ endpointId: true }).extend({
    endpoint: z.string().optional().describe("Its name; left out for what concerns all."),
    at: z.coerce.date().optional().describe("ISO 8601; now when left out."),
  });
  const tell = { summary: "Tell of a change that Leeway does not see by itself", body, response: Change };
  route(
    app,
    { method: "POST", path: "/changes", ...tell, status: 201, isRepeatable: true },
    async ({ ctx, body: { endpoint, ...wish }, idempotencyKey }) => {
      const endpointId = endpoint === undefined ? null : (await findEndpoint(ctx, endpoint)).id;
      return tellChange(ctx, { ...wish, endpointId }, idempotencyKey);
    },
  );
}
