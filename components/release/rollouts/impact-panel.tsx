import { formatCount, formatNumber, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { Rollout } from "#server/serve/rollout/contract.ts";
import { badShare } from "./guardrail-numbers.ts";
import { guardrailName, metricLabels } from "./metric-labels.ts";
import { canaryUnits, versionNames } from "./rollout-text.ts";
import classes from "./side.module.css";

/** Renders the impact after the end: requests served by the new version, how many were bad, and how many would have been bad anyway. */
export function WhatItCost({ rollout }: { rollout: Rollout }) {
  const { evidence, plan, createdAt, endedAt } = rollout;
  const { stable, canary } = versionNames(rollout);
  const lines = plan.guardrails.flatMap((guardrail) => {
    const own = evidence.guardrails.find(({ metric }) => metric === guardrail.metric);
    const isShare = !["cost", "output-shift", "disagreement", "conversions"].includes(guardrail.metric);
    if (!own || !isShare || own.canary.units === 0 || own.fact?.basis !== "split") return [];
    const before = badShare(own).stable;
    return [
      {
        name: `${guardrailName(guardrail)}: ${metricLabels[guardrail.metric].bad} on ${canary}`,
        value: formatCount(own.fact.canary.events),
        expected: before === null ? noValue : formatNumber(before * own.fact.canary.units),
      },
    ];
  });
  return (
    <Panel title="Impact" flush>
      <dl className={classes.facts}>
        <div>
          <dt>Served by {canary}</dt>
          <dd>{formatCount(canaryUnits(rollout))}</dd>
        </div>
        {lines.map(({ name, value, expected }) => (
          <div key={name}>
            <dt>
              {name}
              <br />
              <span className="lw-quiet">expected at the rate of {stable}</span>
            </dt>
            <dd>
              {value}
              <br />
              <span className="lw-quiet">{expected}</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>Total duration</dt>
          <dd>{endedAt ? formatDuration(endedAt.getTime() - createdAt.getTime()) : noValue}</dd>
        </div>
      </dl>
    </Panel>
  );
}
