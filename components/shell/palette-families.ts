import type { SearchKind } from "#server/report/search/contract.ts";

interface Family {
  key: string;
  label: string;
  /** Shorter label, where there is no room. */
  chip?: string;
  kinds: readonly SearchKind[];
}

/** Groups of the palette, which are its chips too, in the order of equally good ones. */
export const families = [
  { key: "actions", label: "Actions", kinds: [] },
  {
    key: "incidents",
    label: "Incidents and alerts",
    chip: "Incidents",
    kinds: ["incident", "alert", "alert-rule", "silence"],
  },
  { key: "endpoints", label: "Endpoints and SLOs", chip: "Endpoints", kinds: ["endpoint", "slo", "rollout"] },
  {
    key: "models",
    label: "Models and runs",
    chip: "Models",
    kinds: ["model", "version", "experiment", "run", "evaluation"],
  },
  {
    key: "data",
    label: "Data and labels",
    chip: "Data",
    kinds: ["dataset", "feature-view", "feature-service", "training-set", "label-project"],
  },
  { key: "jobs", label: "Jobs", kinds: ["job", "sweep", "job-template", "retraining", "retraining-cycle"] },
  { key: "runbooks", label: "Runbooks", kinds: ["runbook", "game-day"] },
  { key: "people", label: "People", kinds: ["team", "person", "schedule", "escalation-policy"] },
  { key: "pages", label: "Pages", kinds: [] },
  { key: "guides", label: "Guides", kinds: ["guide"] },
] as const satisfies readonly Family[];

export type FamilyKey = (typeof families)[number]["key"];

/** Returns the family of a kind. */
export function familyOfKind(kind: SearchKind): FamilyKey {
  return families.find(({ kinds }) => (kinds as readonly SearchKind[]).includes(kind))?.key ?? "pages";
}

/** Returns the label of a family. */
export function familyLabel(key: FamilyKey): string {
  return families.find((family) => family.key === key)?.label ?? "";
}

/** Returns the kinds of a family. */
export function kindsOfFamily(key: FamilyKey): readonly SearchKind[] {
  return families.find((family) => family.key === key)?.kinds ?? [];
}
