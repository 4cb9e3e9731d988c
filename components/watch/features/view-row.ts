import type { ViewFacts } from "#components/develop/features/view-state.ts";
import type { FeatureView } from "#server/develop/features/contract.ts";
import type { ViewSkewSummary } from "#server/watch/features/skew/contract.ts";

/** A feature view in the list. What nothing has measured in the last day is null. */
export interface ViewRow {
  view: FeatureView;
  facts: ViewFacts;
  /** Age that 95% of the rows looked up in the last day did not exceed. */
  servedAgeUs: number | null;
  /** Share of the rows that the running materialisation has read; null where it is not known. */
  materialised: number | null;
  /** Model versions and endpoints. */
  users: { name: string; href: string | undefined }[];
  lookUpsPerSecond: number | null;
  /** Shares of look-ups that found a row that counts, and one that was too old. */
  foundShare: number | null;
  staleShare: number | null;
  /** How served values differ from the history; null if none was compared. */
  skew: Pick<ViewSkewSummary, "known" | "true"> | null;
}
