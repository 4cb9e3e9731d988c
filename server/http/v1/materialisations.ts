import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { cancelMaterialisation } from "#server/develop/features/materialisations/cancel-materialisation.ts";
import * as contract from "#server/develop/features/materialisations/contract.ts";
import {
  getMaterialisation,
  listFeatureRejects,
  listMaterialisations,
} from "#server/develop/features/materialisations/queries.ts";
import { startMaterialisation } from "#server/develop/features/materialisations/start-materialisation.ts";
import { route } from "./route.ts";

const { Materialisation } = contract;

/** Materialisations: taking the rows of sources into feature views; and the rows that broke a view's contract. */
export function materialisations(app: FastifyInstance): void {
  const { view, state } = contract.ListMaterialisations.shape;
  const query = z.object({ view, state, limit: z.coerce.number().int().min(1).max(500).default(100) });
  const list = {
    summary: "List materialisations of feature views, newest first",
    query,
    response: z.object({ materialisations: z.array(Materialisation) }),
  };
  route(app, { method: "GET", path: "/materialisations", ...list }, async ({ ctx, query }) => ({
    materialisations: await listMaterialisations(ctx, query),
  }));
  const start = {
    summary: "Start a materialisation of a feature view from its source; runs as a job",
    body: contract.StartMaterialisation,
    response: Materialisation,
    status: 202,
  } as const;
  route(app, { method: "POST", path: "/materialisations", ...start }, ({ ctx, body }) =>
    startMaterialisation(ctx, body),
  );
  const one = { params: z.object({ materialisation: z.uuid() }), response: Materialisation };
  const path = "/materialisations/:materialisation" as const;
  const show = { summary: "Get a materialisation with its progress", ...one };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getMaterialisation(ctx, params.materialisation));
  const cancel = { summary: "Cancel a materialisation; written rows stay", ...one };
  route(app, { method: "POST", path: `${path}/cancellation`, ...cancel }, ({ ctx, params }) =>
    cancelMaterialisation(ctx, params.materialisation),
  );
  const shape = contract.ListFeatureRejects.shape;
  const rejects = {
    summary: "List rows rejected by the contract of their feature view, newest first",
    query: z.object({
      view: shape.view,
      materialisation: shape.materialisation,
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    response: z.object({ rejects: z.array(contract.FeatureReject) }),
  };
  route(app, { method: "GET", path: "/feature-rejects", ...rejects }, async ({ ctx, query }) => ({
    rejects: await listFeatureRejects(ctx, query),
  }));
}
