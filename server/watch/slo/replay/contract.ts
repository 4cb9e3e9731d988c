import { z } from "zod";
import { ReplayReport, SloDefinition } from "../../objectives/contract.ts";
import { SloDraft } from "../objectives/contract.ts";

/** Unsaved definition, a saved SLO, or the former in place of the latter. */
export const ReplaySlo = z
  .object({
    /** Name or id of the SLO that is replayed, or replaced. */
    slo: z.string().min(1).max(63).optional(),
    definition: SloDraft.optional(),
    days: z.number().int().min(1).max(90).default(30),
    /** Alerts of one severity less than this apart count as one. */
    quietMinutes: z.number().int().min(0).max(1440).default(60),
  })
  .refine(({ slo, definition }) => slo !== undefined || definition !== undefined, {
    path: ["definition"],
    error: "Specify a definition, a saved SLO, or both to compare them.",
  });
export type ReplaySlo = z.input<typeof ReplaySlo>;

export const Replay = z.object({
  report: ReplayReport,
  /** Report of the saved SLO over the same time range; null without one for comparison. */
  replaced: ReplayReport.nullable(),
  /** Warnings to consider before saving. */
  warnings: z.array(z.string()),
  /** The definition that was replayed, with what was left out filled in. */
  definition: SloDefinition,
  indicatorWords: z.string(),
  /** Events an hour over the time, on average. */
  perHour: z.number(),
});
export type Replay = z.infer<typeof Replay>;
