import { z } from "zod";
import { sloLacks } from "../objectives/contract.ts";

/** A file of OpenSLO v1, Sloth or Pyrra. */
export const ImportOpenSlo = z.object({
  yaml: z.string().min(1, "Select a file.").max(1_000_000, "The file is too large. Split it."),
  /** Whether to report the changes only, without applying them. */
  isDryRun: z.boolean().default(false),
  reason: z.string().trim().max(2000).default(""),
});
export type ImportOpenSlo = z.input<typeof ImportOpenSlo>;

export const ImportResult = z.object({
  isDryRun: z.boolean(),
  /** In the order in which they are saved: composites last. */
  slos: z.array(
    z.object({
      name: z.string(),
      /** Keep: nothing differs. */
      action: z.enum(["create", "restore", "change", "keep"]),
      /** Reason why it cannot be saved; null if it can. If one cannot be saved, none is. */
      problem: z.string().nullable(),
      /** Requirements missing for its pages: a file contains neither owner nor runbook. */
      missing: z.array(z.enum(sloLacks)),
      warnings: z.array(z.string()),
    }),
  ),
  /** Parts of the file that could not be imported unchanged. */
  warnings: z.array(z.string()),
});
export type ImportResult = z.infer<typeof ImportResult>;

export const ExportOpenSlo = z.object({
  /** Name or id; all that are not archived when left out. */
  slo: z.string().min(1).max(63).optional(),
});
export type ExportOpenSlo = z.input<typeof ExportOpenSlo>;
