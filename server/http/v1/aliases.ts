import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { AliasAt, AliasChange, DeleteAlias, SetAlias } from "#server/develop/registry/aliases/contract.ts";
import { deleteAlias } from "#server/develop/registry/aliases/delete-alias.ts";
import { getAliasAt, listAliasChanges } from "#server/develop/registry/aliases/queries.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { ModelVersion } from "#server/develop/registry/versions/contract.ts";
import { getVersionByAlias } from "#server/develop/registry/versions/queries.ts";
import { route } from "./route.ts";

const ModelPath = z.object({ model: z.string() });
const AliasPath = ModelPath.extend({ alias: z.string() });
const keyOf = (path: z.infer<typeof AliasPath>) => ({ name: path.model, alias: path.alias });

/** Aliases of a model, now and at any time before. */
export function aliases(app: FastifyInstance): void {
  const path = "/models/:model/aliases/:alias";
  const show = {
    summary: 'Get the version an alias points to, optionally at a point in time; "latest" is the highest version',
    params: AliasPath,
    query: z.object({ at: Instant.optional().describe("ISO 8601: 2026-05-04T03:12:00Z.") }),
    response: z.union([ModelVersion, AliasAt]),
  };
  route(app, { method: "GET", path, ...show }, ({ ctx, params, query }) =>
    query.at ? getAliasAt(ctx, { ...keyOf(params), at: query.at }) : getVersionByAlias(ctx, keyOf(params)),
  );
  const set = {
    summary: "Set an alias; protected aliases require the operator role and a reason",
    params: AliasPath,
    body: SetAlias.pick({ version: true, reason: true }),
  };
  route(app, { method: "PUT", path, ...set }, ({ ctx, params, body }) => setAlias(ctx, { ...keyOf(params), ...body }));
  const query = DeleteAlias.pick({ reason: true });
  const remove = { summary: "Remove an alias", params: AliasPath, query };
  route(app, { method: "DELETE", path, ...remove }, ({ ctx, params, query }) =>
    deleteAlias(ctx, { ...keyOf(params), ...query }),
  );
  history(app);
}

function history(app: FastifyInstance): void {
  const list = {
    summary: "List alias changes of a model, newest first",
    params: ModelPath,
    query: z.object({
      alias: z.string().optional(),
      before: z.coerce.number().int().optional().describe("Cursor: `next` of the previous page."),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    response: z.object({ changes: z.array(AliasChange), next: z.number().optional() }),
  };
  route(app, { method: "GET", path: "/models/:model/alias-changes", ...list }, async ({ ctx, params, query }) => {
    const changes = await listAliasChanges(ctx, { name: params.model, ...query });
    return { changes, next: changes.length === query.limit ? changes.at(-1)?.id : undefined };
  });
}
