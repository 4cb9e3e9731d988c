import type { FastifyInstance } from "fastify";
import { ReleaseList, RequestCollection } from "#server/artifacts/contract.ts";
import { listReleases } from "#server/artifacts/release-queries.ts";
import { requestCollection } from "#server/artifacts/request-collection.ts";
import { route } from "./route.ts";

/** Files that nothing refers to, and their removal. */
export function artifacts(app: FastifyInstance): void {
  const list = {
    summary: "List folders of files that wait to be removed, with their bytes and what still refers to them",
    response: ReleaseList,
  };
  route(app, { method: "GET", path: "/artifacts/releases", ...list }, ({ ctx }) => listReleases(ctx));
  const collect = {
    summary: "Look for files that belong to nothing (a dry run), or remove those that are due",
    body: RequestCollection,
    status: 202 as const,
  };
  route(app, { method: "POST", path: "/artifacts/collections", ...collect }, ({ ctx, body }) =>
    requestCollection(ctx, body),
  );
}
