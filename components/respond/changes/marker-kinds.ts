import type { MarkerKind } from "#components/charts/markers.ts";
import type { ChangeKind } from "#server/respond/changes/contract.ts";

/** Marker of each kind of change on charts. */
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
