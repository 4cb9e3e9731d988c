import { plural } from "#components/ui/format.ts";
import type { SloSummary } from "#server/watch/slo/objectives/contract.ts";

/** Orders of the list. */
export const sloViews = [
  { key: "worst", label: "Worst first" },
  { key: "endpoint", label: "By endpoint" },
  { key: "owner", label: "By owner" },
] as const;
export type SloView = (typeof sloViews)[number]["key"];

/** Groups SLOs alphabetically, each group in the given order, worst first; the "worst" view is a single group. */
export function groupSlos(slos: readonly SloSummary[], view: SloView): { title: string; slos: SloSummary[] }[] {
  if (view === "worst") return [{ title: "Objectives", slos: [...slos] }];
  const groups = Map.groupBy(slos, ({ service, team }) => (view === "endpoint" ? service : (team?.name ?? "No owner")));
  return [...groups]
    .map(([title, members]) => ({ title, slos: members }))
    .toSorted((a, b) => a.title.localeCompare(b.title));
}

/** Describes the SLOs: "24 SLOs of 7 services; 1 exhausted, 2 burning". */
export function slosSentence(slos: readonly SloSummary[]): string {
  if (slos.length === 0) return "Service level objectives and their error budgets";
  const services = new Set(slos.map(({ service }) => service)).size;
  const exhausted = slos.filter(({ budget }) => (budget?.remaining ?? 1) <= 0).length;
  const burning = slos.filter(({ firing }) => firing !== null).length;
  const missingInputs = slos.filter(({ missing, pages }) => pages && missing.length > 0).length;
  const states = [
    exhausted > 0 && `${exhausted} exhausted`,
    burning > 0 && `${burning} burning`,
    missingInputs > 0 && `${missingInputs} without owner or runbook`,
  ].filter(Boolean);
  const head = `${plural(slos.length, "SLO")} of ${plural(services, "service")}`;
  return states.length > 0 ? `${head}; ${states.join(", ")}` : `${head}, all within budget`;
}
