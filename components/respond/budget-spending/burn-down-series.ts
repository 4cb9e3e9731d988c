import type { Marker, MarkerKind } from "#components/charts/markers.ts";
import type { Series } from "#components/charts/prepare.ts";
import type { BudgetHistory } from "#server/respond/budget-spending/contract.ts";
import type { ChangeKind } from "#server/respond/changes/contract.ts";
import type { BudgetReading } from "#server/watch/objectives/contract.ts";

const markerKinds: Record<ChangeKind, MarkerKind> = {
  deploy: "deploy",
  rollout: "deploy",
  rollback: "deploy",
  config: "config",
  flag: "config",
  freeze: "config",
  data: "data",
  schema: "data",
};

/** Ten budgets spent: further down, a chart would show little else, and the text says "> 10× budget". */
export const minShown = -9;

/** Percentages that were left, what is left at this rate, and, where the period ends, even pace. */
export function burnDownSeries(
  { points, to, from, periodEnd }: Pick<BudgetHistory, "points" | "from" | "to" | "periodEnd">,
  budget: Pick<BudgetReading, "remaining" | "exhaustedAt"> | null,
): Series[] {
  const left: Series = {
    id: "left",
    label: "left",
    points: points.map(({ at, remaining }) => ({
      at,
      value: remaining === null ? null : Math.max(minShown, remaining) * 100,
    })),
  };
  const series = [left];
  if (budget?.exhaustedAt && budget.remaining !== null && budget.remaining > 0) {
    // A forecast far beyond the period would press the past into a corner.
    const end = Math.min(budget.exhaustedAt, periodEnd ?? to + (to - from));
    const share = (end - to) / (budget.exhaustedAt - to);
    const points = [
      { at: to, value: budget.remaining * 100 },
      { at: end, value: budget.remaining * 100 * (1 - share) },
    ];
    series.push({ id: "forecast", label: "projected", kind: "forecast", points, index: 0 });
  }
  if (periodEnd !== null) {
    const points = [
      { at: from, value: 100 },
      { at: periodEnd, value: 0 },
    ];
    series.push({ id: "pace", label: "even pace", role: "stable", points });
  }
  return series;
}

/** Builds the chart markers: changes, and the starts of incidents. */
export function burnDownMarkers({ changes, incidents }: Pick<BudgetHistory, "changes" | "incidents">): Marker[] {
  return [
    ...changes.map(
      ({ at, title, kind, href }): Marker => ({
        at: at.getTime(),
        label: title,
        kind: markerKinds[kind],
        ...(href && { href }),
      }),
    ),
    ...incidents.map(
      ({ from, number, href }): Marker => ({
        at: from.getTime(),
        label: `INC-${number}`,
        kind: "incident",
        href,
      }),
    ),
  ];
}
