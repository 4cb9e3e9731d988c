import type { FastifyInstance } from "fastify";
import { LineageWalk, WalkLineage } from "#server/report/lineage/contract.ts";
import { walkLineage } from "#server/report/lineage/queries.ts";
import { route } from "./route.ts";

/** Registers the walk from something to what it was made from, and to what it went into. */
export function lineage(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/lineage",
      summary: "Get lineage: from an alert to the data, and from data to predictions",
      query: WalkLineage,
      response: LineageWalk,
    },
    ({ ctx, query }) => walkLineage(ctx, query),
  );
}
