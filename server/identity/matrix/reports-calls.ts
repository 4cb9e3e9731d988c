import { getReport } from "#server/reports/get-report.ts";
import type { Calls } from "./call.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsCalls = {
  getReport: (ctx) => getReport(ctx, { name: "2026-W19" }),
} as const satisfies Calls;
