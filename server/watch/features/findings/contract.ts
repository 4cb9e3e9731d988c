import { z } from "zod";

/** What can be wrong with a view. Other kinds than these are settled by who finds them. */
export type ViewFindingKind =
  | "source-late"
  | "materialisation-failed"
  | "materialisation-late"
  | "values-changed"
  | "clock-ahead";

/** What the alert of a finding says besides its sentence. */
export const ViewFindingAlert = z.object({
  /** The effect in a few words, for titles, the same as long as the finding lasts. */
  effect: z.string(),
  /** What to do, in a sentence or two. */
  advice: z.string(),
  /** Section of the guide to the feature store that says more. */
  section: z.string(),
  alertname: z.string(),
});
export type ViewFindingAlert = z.infer<typeof ViewFindingAlert>;

/** Finding of one evaluation. */
export interface FoundViewFinding extends ViewFindingAlert {
  /** Canonical subject: the same in every evaluation while the finding lasts. */
  key: string;
  kind: string;
  /** "" if it concerns the view as a whole. */
  feature: string;
  severity: "page" | "ticket";
  /** One sentence with its numbers. */
  words: string;
  evidence: Record<string, unknown>;
}
