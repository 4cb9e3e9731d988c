import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { permit } from "#server/platform/permissions/permit.ts";
import { GetReport } from "#server/report/reports/contract.ts";
import { reportDefinitions } from "#server/report/reports/definitions/contract.ts";
import { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { getReport } from "#server/report/reports/get-report.ts";
import { route } from "./route.ts";

const Definition = z.object({
  name: z.string(),
  sentence: z.string(),
  query: z.string(),
  unit: z.string(),
  rounding: z.string(),
});

/** Registers the routes for executive reports: a week, a month or a quarter in numbers and sentences. */
export function reports(app: FastifyInstance): void {
  const current = {
    summary: "Get the report of the current week, month or quarter",
    query: GetReport.pick({ period: true }),
    response: ReportFacts,
  };
  route(app, { method: "GET", path: "/reports/current", ...current }, ({ ctx, query }) => getReport(ctx, query));
  const one = {
    summary: "Get the report of a week (2026-W19), month (2026-05) or quarter (2026-Q2)",
    params: z.object({ report: GetReport.shape.name.unwrap() }),
    response: ReportFacts,
  };
  route(app, { method: "GET", path: "/reports/:report", ...one }, ({ ctx, params }) =>
    getReport(ctx, { name: params.report }),
  );
  const definitions = {
    summary: "Get the definition, query and rounding of every report figure",
    response: z.object({ definitions: z.record(z.string(), Definition) }),
  };
  route(app, { method: "GET", path: "/report-definitions", ...definitions }, async ({ ctx }) => {
    permit(ctx, "getReport");
    return { definitions: reportDefinitions };
  });
}
