import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, formatUnit, nbsp, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import {
  effectRatios,
  type GuardrailEstimate,
  type RolloutEstimate,
} from "#server/release/rollouts/estimate/contract.ts";
import { metricLabels } from "../metric-labels.ts";
import { formatWeight } from "../rollout-text.ts";
import { describeAdvice } from "./describe-advice.ts";
import classes from "./plan.module.css";
import type { PlanDraft } from "./plan-draft.ts";

const formatSeconds = (seconds: number | null | undefined) =>
  seconds === null || seconds === undefined ? noValue : formatDuration(Math.max(1, seconds) * 1000);

/** Shows the estimates for a plan at the current traffic: durations per guardrail, requests at risk, advice. */
export function EstimatePanel({ estimate, draft }: { estimate: RolloutEstimate; draft: PlanDraft }) {
  const { traffic, guardrails, seconds, advice } = estimate;
  return (
    <Panel
      id="estimate"
      title="Estimate"
      subtitle={describeTraffic(traffic)}
      right={
        <span className="lw-muted">
          {seconds === null ? "duration cannot be estimated" : `about ${formatSeconds(seconds)} for a good version`}
        </span>
      }
    >
      {advice.length > 0 && (
        <ul className={classes.advice} aria-label="Recommendations">
          {advice.map((each) => (
            <li key={`${each.code} ${each.metric} ${each.step}`}>
              <StatusShape state="watch" />
              <span>{describeAdvice(each, draft.steps)}</span>
            </li>
          ))}
        </ul>
      )}
      <DataTable
        label="Estimated time to detection by guardrail"
        density="dense"
        rows={guardrails}
        columns={guardrailColumns(draft)}
        rowKey={({ metric }) => metric}
      />
      <PanelSection title="Requests exposed to a bad version">
        <p className="lw-muted">{describeExposure(estimate)}</p>
      </PanelSection>
      {estimate.weights.length > 0 && (
        <PanelSection title="Choosing the first step">
          <DataTable
            label="A fourfold rate, by canary share"
            density="dense"
            rows={estimate.weights}
            columns={[
              { key: "weight", head: "Share", cell: ({ weight }) => formatWeight(weight) },
              {
                key: "seconds",
                head: "4× rate detected in about",
                align: "right",
                cell: (row) => formatSeconds(row.seconds),
              },
              {
                key: "exposed",
                head: "Requests exposed",
                align: "right",
                cell: ({ exposed }) => formatCount(exposed),
              },
            ]}
            rowKey={({ weight }) => String(weight)}
          />
        </PanelSection>
      )}
    </Panel>
  );
}

function describeTraffic({ requestsPerSecond, requests, hours, slowMs }: RolloutEstimate["traffic"]): string {
  if (requestsPerSecond === null) return "no traffic in the last day";
  const slow = slowMs === null ? "" : `; slow from ${formatUnit(slowMs, "ms")}`;
  return `at ${formatNumber(requestsPerSecond)}${nbsp}requests/s; rates from the last day, ${formatCount(requests)} requests in ${formatDuration(hours * 3_600_000)}${slow}`;
}

function guardrailColumns(draft: PlanDraft): Column<GuardrailEstimate>[] {
  return [
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
}

/** Describes how many requests a version four times as bad would serve before it is rolled back. */
function describeExposure({ guardrails }: RolloutEstimate): string {
  const known = guardrails.flatMap(({ metric, detections }) =>
    detections
      .filter(({ exposed }) => exposed !== null)
      .map(({ ratio, exposed, bad, step }) => ({ metric, ratio, exposed, bad, step })),
  );
  const lines = effectRatios.flatMap((ratio) => {
    const soonest = known.filter((each) => each.ratio === ratio).sort((a, b) => (a.exposed ?? 0) - (b.exposed ?? 0))[0];
    if (!soonest) return [];
    const { metric, exposed, bad } = soonest;
    return [
      `${ratio}× ${metricLabels[metric].noun}: about ${formatCount(exposed)} requests, ${formatCount(Math.max(1, bad ?? 0))} of them bad`,
    ];
  });
  return lines.length > 0 ? `${lines.join("; ")}.` : "Cannot be estimated without traffic and a recorded rate.";
}
