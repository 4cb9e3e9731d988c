import type { FastifyInstance } from "fastify";
import { requestCollection } from "#server/admin/collection/request-collection.ts";
import { ReleaseList, RequestCollection } from "#server/platform/artifacts/contract.ts";
import { listReleases } from "#server/platform/artifacts/release-queries.ts";
import { route } from "./route.ts";

/** Registers unreferenced files and their removal. */
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
