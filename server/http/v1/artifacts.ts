import type { FastifyInstance } from "fastify";
import { ReleaseList, RequestCollection } from "#server/artifacts/contract.ts";
import { listReleases } from "#server/artifacts/release-queries.ts";
import { requestCollection } from "#server/artifacts/request-collection.ts";
import { route } from "./route.ts";

/** Files that nothing refers to, and their removal. */
export function artifacts(app: FastifyInstance): void {
  const list = {
    summary: "List artifact folders waiting for deletion, with their size and remaining references",
    response: ReleaseList,
  };
  route(app, { method: "GET", path: "/artifacts/releases", ...list }, ({ ctx }) => listReleases(ctx));
  const collect = {
    summary: "Find unreferenced files (dry run), or delete those that are due",
    body: RequestCollection,
    status: 202 as const,
  };
  route(app, { method: "POST", path: "/artifacts/collections", ...collect }, ({ ctx, body }) =>
    requestCollection(ctx, body),
  );
}
