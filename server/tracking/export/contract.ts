import { z } from "zod";

export const ExportRuns = z.object({
  filter: z.string().default("").describe("In the filter language; all runs when left out."),
  sort: z
    .string()
    .max(300)
    .optional()
    .describe('A column, with "-" before it for descending: -metrics.acc. Newest first when left out.'),
  columns: z
    .string()
    .max(200_000)
    .optional()
    .describe("Columns separated by commas: status,metrics.acc,params.lr,tags.team. All when left out."),
});
export type ExportRuns = z.infer<typeof ExportRuns>;
