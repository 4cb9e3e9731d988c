import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { effectRatios } from "#server/release/rollouts/estimate/constants.ts";
import type { GuardrailEstimate, RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import { metricLabels } from "../metric-labels.ts";
import type { PlanDraft } from "./plan-draft.ts";

const formatSeconds = (seconds: number | null | undefined) =>
  seconds === null || seconds === undefined ? noValue : formatDuration(Math.max(1, seconds) * 1000);

/** Shows for each guardrail of a plan how soon a regression is found, and how long each step needs for a verdict. */
export function DetectionTable({ estimate, draft }: { estimate: RolloutEstimate; draft: PlanDraft }) {
  const columns: Column<GuardrailEstimate>[] = [
    { key: "metric", head: "Guardrail", cell: ({ metric }) => metricLabels[metric].name },
    {
      key: "rate",
      head: "Current rate",
      align: "right",
      cell: ({ baseRate, isAssumed }) =>
        baseRate === null ? noValue : isAssumed ? "none recorded" : formatPercent(baseRate),
    },
    ...effectRatios.map(
      (ratio): Column<GuardrailEstimate> => ({
        key: `x${ratio}`,
        head: `${ratio}× detected in`,
        align: "right",
        cell: ({ detections }) => formatSeconds(detections.find((each) => each.ratio === ratio)?.seconds),
      }),
    ),
    {
      key: "proofs",
      head: "Verdict per step",
      align: "right",
      cell: ({ proofs, metric }) =>
        draft.guardrails.some((each) => each.metric === metric && each.requiresVerdict)
          ? proofs.map(formatSeconds).join(" · ")
          : "detects regressions only",
    },
  ];
  return (
    <DataTable
      label="Estimated time to detection by guardrail"
      density="dense"
      rows={estimate.guardrails}
      columns={columns}
      rowKey={({ metric }) => metric}
    />
  );
}
