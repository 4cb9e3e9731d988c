import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/develop/features/sources/connections/contract.ts";
import { defineFeatureConnection } from "#server/develop/features/sources/connections/define-feature-connection.ts";
import { deleteFeatureConnection } from "#server/develop/features/sources/connections/delete-feature-connection.ts";
import { listFeatureConnections } from "#server/develop/features/sources/connections/queries.ts";
import { testFeatureConnection } from "#server/develop/features/sources/connections/test-feature-connection.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

/** Connections to the databases from which SQL sources read. */
export function featureConnections(app: FastifyInstance, { config }: WebDependencies): void {
  const rules = config.webhooks;
  const { FeatureConnection } = contract;
  const list = {
    summary: "List connections of SQL sources by name, without passwords",
    response: z.object({ connections: z.array(FeatureConnection) }),
  };
  route(app, { method: "GET", path: "/feature-connections", ...list }, async ({ ctx }) => ({
    connections: await listFeatureConnections(ctx),
  }));
  const path = "/feature-connections/:featureConnection" as const;
  const params = z.object({ featureConnection: z.string() });
  const define = {
    summary: "Create or update a connection of SQL sources after testing it",
    params,
    body: contract.DefineFeatureConnection.omit({ name: true }),
    response: FeatureConnection,
  };
  route(app, { method: "PUT", path, ...define }, ({ ctx, params, body }) =>
    defineFeatureConnection(ctx, { name: params.featureConnection, ...body }, rules),
  );
  const remove = {
    summary: "Delete an unused connection",
    params,
    query: contract.DeleteFeatureConnection.omit({ name: true }),
  };
  route(app, { method: "DELETE", path, ...remove }, ({ ctx, params, query }) =>
    deleteFeatureConnection(ctx, { name: params.featureConnection, ...query }),
  );
  const test = {
    summary: "Try a connection",
    params,
    response: z.object({ problem: z.string().nullable().describe("Null if it works.") }),
  };
  route(app, { method: "POST", path: `${path}/test`, ...test }, ({ ctx, params }) =>
    testFeatureConnection(ctx, params.featureConnection, rules),
  );
}
