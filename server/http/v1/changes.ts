import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { dayMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import { Change, RecordChange } from "#server/respond/changes/contract.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { recordChange } from "#server/respond/changes/record-change.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

/** Registers the routes that list changes, as charts and incidents mark them, and report those that Leeway does not detect. */
export function changes(app: FastifyInstance): void {
  const query = z.object({
    endpoint: z.string().optional().describe("Only changes that affect this endpoint, including workspace-wide ones."),
    from: Instant.optional().describe("ISO 8601; defaults to one day before the end."),
    to: Instant.optional().describe("ISO 8601; defaults to now."),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  });
  const list = { summary: "List changes, newest first", query, response: z.object({ changes: z.array(Change) }) };
  route(app, { method: "GET", path: "/changes", ...list }, async ({ ctx, query: { endpoint, limit, ...span } }) => {
    const to = span.to ?? new Date();
    const from = span.from ?? new Date(to.getTime() - dayMs);
    const endpointId = endpoint === undefined ? undefined : (await findEndpoint(ctx, endpoint)).id;
    return { changes: await listChanges(ctx, { endpointId, from, to, limit }) };
  });
  const body = RecordChange.omit({ endpointId: true }).extend({
    endpoint: z.string().max(limits.nameLength).optional().describe("Endpoint name; omit for workspace-wide changes."),
    at: Instant.optional().describe("ISO 8601; defaults to now."),
  });
  const record = { summary: "Record an external change", body, response: Change };
  route(
    app,
    { method: "POST", path: "/changes", ...record, status: 201, isRepeatable: true },
    async ({ ctx, body: { endpoint, ...input }, idempotencyKey }) => {
      const endpointId = endpoint === undefined ? null : (await findEndpoint(ctx, endpoint)).id;
      return recordChange(ctx, { ...input, endpointId }, idempotencyKey);
    },
  );
}
