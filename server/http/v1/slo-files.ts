import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ImportOpenSlo, ImportResult } from "#server/watch/slo/exchange/contract.ts";
import { exportOpenSlo } from "#server/watch/slo/exchange/export-open-slo.ts";
import { importOpenSlo } from "#server/watch/slo/exchange/import-open-slo.ts";
import { route } from "./route.ts";
import { sloParams as params } from "./slos.ts";

/** Registers import and export of SLOs as OpenSLO files. */
export function sloFiles(app: FastifyInstance): void {
  // Does not use route(), which sends JSON.
  const all = { path: "/openslo", summary: "Export all SLOs as OpenSLO YAML" };
  app.operations.push({ method: "GET", ...all, status: 200 });
  app.get(all.path, (request, reply) => send(request, reply, undefined));
  const one = { path: "/slos/:slo/openslo", summary: "Export an SLO as OpenSLO YAML", params };
  app.operations.push({ method: "GET", ...one, status: 200 });
  app.get(one.path, (request, reply) => send(request, reply, params.parse(request.params).slo));
  const bring = { summary: "Import SLOs from an OpenSLO file, optionally as a dry run", body: ImportOpenSlo };
  route(app, { method: "POST", path: "/openslo", ...bring, response: ImportResult }, ({ ctx, body }) =>
    importOpenSlo(ctx, body),
  );
}

async function send(request: FastifyRequest, reply: FastifyReply, slo: string | undefined): Promise<FastifyReply> {
  if (!request.caller) throw new Error("The export of SLOs was registered outside v1Plugin.");
  const text = await exportOpenSlo(request.caller, { slo });
  const name = `attachment; filename="${slo ?? "slos"}.yaml"`;
  return reply.type("application/yaml; charset=utf-8").header("content-disposition", name).send(text);
}
