import { z } from "zod";

/** A search in MLflow's filter language. */
export const SearchRegistry = z.object({
  filter: z.string().default(""),
  orderBy: z.array(z.string()).default([]),
  limit: z.number().int().min(1),
  pageToken: z.string().default(""),
});
export type SearchRegistry = z.input<typeof SearchRegistry>;
