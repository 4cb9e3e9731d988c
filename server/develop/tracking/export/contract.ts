import { z } from "zod";

export const ExportRuns = z.object({
  filter: z.string().default("").describe("In the filter language; defaults to all runs."),
  sort: z
    .string()
    .max(300)
    .optional()
    .describe('Column to sort by; prefix with "-" for descending, for example -metrics.acc. Defaults to newest first.'),
  columns: z
    .string()
    .max(200_000)
    .optional()
    .describe("Comma-separated columns, for example status,metrics.acc,params.lr,tags.team. Defaults to all."),
});
export type ExportRuns = z.infer<typeof ExportRuns>;
