import { formatCount, formatCountOf, formatNumber } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import type { IncidentSummary } from "#server/respond/incidents/contract.ts";
import { formatSpent } from "#server/watch/slo/engine/contract.ts";
import { between, formatElapsed } from "./incident-text.ts";
import classes from "./incidents.module.css";

/** Shows the affected customers, the duration and the spent error budgets, with the timestamps they are computed from. */
export function ImpactPanel({ incident }: { incident: IncidentSummary }) {
  const { impact, startedAt, detectedAt, acknowledgedAt, pagedAt, mitigatedAt, resolvedAt } = incident;
  const times: [string, Date | null, number | undefined][] = [
    ["Started", startedAt, undefined],
    ["Detected", detectedAt, between(startedAt, detectedAt)],
    ["Acknowledged", acknowledgedAt, between(pagedAt ?? detectedAt, acknowledgedAt)],
    ["Impact ended", mitigatedAt, between(startedAt, mitigatedAt)],
    ["Resolved", resolvedAt, between(startedAt, resolvedAt)],
  ];
  return (
    <Panel title="Impact" subtitle="from the indicators themselves">
      <dl className={classes.facts}>
        <dt>Bad events</dt>
        <dd>{impact.events > 0 ? formatCountOf(impact.badEvents, impact.events) : "no data"}</dd>
        <dt>Impact minutes</dt>
        <dd>{formatNumber(impact.impactMinutes)}</dd>
        <dt>Customer minutes</dt>
        <dd>
          {impact.customerMinutes === null
            ? "unknown: callers do not identify themselves"
            : formatCount(impact.customerMinutes)}
        </dd>
        {impact.budgets.map(({ sloId, name, spent }) => (
          <Budget name={name} spent={spent} key={sloId} />
        ))}
        {times.map(([name, at, after]) => (
          <Time name={name} at={at} after={after} key={name} />
        ))}
      </dl>
    </Panel>
  );
}

function Budget({ name, spent }: { name: string; spent: number }) {
  return (
    <>
      <dt>Error budget of {name}</dt>
      <dd>{formatSpent(spent)} spent</dd>
    </>
  );
}

function Time({ name, at, after }: { name: string; at: Date | null; after: number | undefined }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {at ? <ClockTime at={at} seconds /> : <span className="lw-quiet">not yet</span>}
        {after !== undefined && (
          <span className="lw-quiet">{`, ${after < 1000 ? "" : "after "}${formatElapsed(after)}`}</span>
        )}
      </dd>
    </>
  );
}
