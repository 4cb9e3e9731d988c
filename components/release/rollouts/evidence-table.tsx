"use client";

import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { ClockTime } from "#components/ui/relative-time.tsx";
import type { RolloutPlan } from "#server/serve/rollout/plan/contract.ts";
import type { CurvePoint } from "./evidence-series.ts";
import { formatEvidence } from "./guardrail-numbers.ts";
import { guardrailName } from "./metric-labels.ts";
import { formatWeight } from "./rollout-text.ts";

/** Renders the curves as numbers, newest first. */
export function EvidenceTable({ plan, points }: { plan: RolloutPlan; points: readonly CurvePoint[] }) {
  const columns: Column<CurvePoint>[] = [
    { key: "at", head: "Time", cell: ({ at }) => <ClockTime at={at} seconds /> },
    { key: "step", head: "Step", cell: ({ step }) => formatWeight(plan.steps[step]?.weight ?? 1) },
    {
      key: "units",
      head: "Canary sample",
      align: "right",
      cell: ({ point }) => formatCount(point.units.canary),
    },
    ...plan.guardrails.flatMap((guardrail): Column<CurvePoint>[] =>
      (["safe", "worse"] as const).map((which) => ({
        key: `${guardrail.metric}-${which}`,
        head: `${guardrailName(guardrail)}, ${which === "safe" ? "no worse" : "worse"}`,
        align: "right",
        cell: ({ point }) =>
          formatEvidence(point.guardrails.find(({ metric }) => metric === guardrail.metric)?.[which] ?? null),
      })),
    ),
  ];
  return (
    <DataTable
      label="Evidence over time, newest first"
      density="compact"
      rows={points.toReversed()}
      columns={columns}
      rowKey={({ at }) => String(at)}
      maxHeight="420px"
      empty={<p className="lw-small lw-quiet">No evidence yet.</p>}
    />
  );
}
