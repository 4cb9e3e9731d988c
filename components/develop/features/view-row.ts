import type { FeatureView } from "#server/develop/features/contract.ts";
import type { ViewFacts } from "./view-state.ts";

/** A feature view in the list. What nothing has measured is null. */
export interface ViewRow {
  view: FeatureView;
  facts: ViewFacts;
  /** Model versions and endpoints. */
  users: { name: string; href: string | undefined }[];
  /** Share of look-ups that found a row. */
  foundShare: number | null;
}
