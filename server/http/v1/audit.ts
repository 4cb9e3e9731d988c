import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { AuditEvent, AuditIntegrity, ReadAuditLog } from "#server/admin/audit-log/contract.ts";
import { auditCsv } from "#server/admin/audit-log/csv.ts";
import { getAuditIntegrity } from "#server/admin/audit-log/get-audit-integrity.ts";
import { getAuditEvent, readAuditLog } from "#server/admin/audit-log/queries.ts";
import { route } from "./route.ts";

/** Registers the audit log: read and export. */
export function audit(app: FastifyInstance): void {
  const Events = z.object({ events: z.array(AuditEvent), next: z.number().int().optional() });
  route(
    app,
    {
      method: "GET",
      path: "/audit",
      summary: "List audit log entries, newest first",
      query: ReadAuditLog,
      response: Events,
    },
    ({ ctx, query }) => readAuditLog(ctx, query),
  );
  route(
    app,
    {
      method: "GET",
      path: "/audit/integrity",
      summary: "Get the newest seal of the audit log and the last verification",
      response: AuditIntegrity,
    },
    ({ ctx }) => getAuditIntegrity(ctx),
  );
  const one = { params: z.object({ event: z.coerce.number().int() }), response: AuditEvent };
  route(app, { method: "GET", path: "/audit/:event", summary: "Get an audit log entry", ...one }, ({ ctx, params }) =>
    getAuditEvent(ctx, params.event),
  );
  csv(app);
}

/** Does not use route(), which sends JSON. */
function csv(app: FastifyInstance): void {
  const Query = ReadAuditLog.pick({ q: true, scope: true });
  app.operations.push({
    method: "GET",
    path: "/audit.csv",
    summary: "Export the audit log as CSV",
    query: Query,
    status: 200,
  });
  app.get("/audit.csv", async (request, reply) => {
    if (!request.caller) throw new Error("The audit export was registered outside v1Plugin.");
    const lines = await auditCsv(request.caller, Query.parse(request.query));
    reply.type("text/csv; charset=utf-8").header("content-disposition", 'attachment; filename="audit-log.csv"');
    return reply.send(lines);
  });
}
