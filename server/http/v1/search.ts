import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { SearchEverything, SearchHit } from "#server/report/search/contract.ts";
import { searchEverything } from "#server/report/search/queries.ts";
import { route } from "./route.ts";

/** Registers the search of the console's command palette. */
export function search(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/search",
      summary:
        "Find objects of the workspace by name or id: experiments, runs, models, datasets, feature views, endpoints and more",
      query: SearchEverything,
      response: z.object({ items: z.array(SearchHit) }),
    },
    async ({ ctx, query }) => ({ items: await searchEverything(ctx, query) }),
  );
}
