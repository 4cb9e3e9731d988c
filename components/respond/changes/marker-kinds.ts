import type { MarkerKind } from "#components/charts/markers.ts";
import type { ChangeKind } from "#server/respond/changes/contract.ts";

/** How each kind of change is marked on charts. */
export const markerKinds: Record<ChangeKind, MarkerKind> = {
  deploy: "deploy",
  rollout: "deploy",
  rollback: "incident",
  config: "config",
  flag: "config",
  freeze: "config",
  data: "data",
  schema: "data",
};
