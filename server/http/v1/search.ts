import type { FastifyInstance } from "fastify";
import type { WebDependencies } from "#server/http/server.ts";
import { SearchAnswer, SearchEverything } from "#server/report/search/contract.ts";
import { searchEverything } from "#server/report/search/queries.ts";
import { route } from "./route.ts";

/** Registers the search of the console's command palette. */
export function search(app: FastifyInstance, { documents }: Pick<WebDependencies, "documents">): void {
  route(
    app,
    {
      method: "GET",
      path: "/search",
      summary:
        "Search the workspace by name or ID: endpoints, incidents, SLOs, models, runs, datasets, runbooks, people, guides and more",
      query: SearchEverything,
      response: SearchAnswer,
    },
    ({ ctx, query }) => searchEverything(ctx, query, documents),
  );
}
