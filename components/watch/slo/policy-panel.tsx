import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { describeUntestable, formatBurnRate } from "#server/watch/slo/engine/contract.ts";
import type { Slo } from "#server/watch/slo/objectives/contract.ts";
import { formatWindows } from "./ladder-text.ts";
import classes from "./policy-panel.module.css";

const levels = [
  { below: 0.5, left: "50%", what: "canary rollouts required, with a smaller first step" },
  { below: 0.25, left: "25%", what: "only fixes are released, unless approved" },
  { below: 0, left: "0%", what: "changes frozen until budget recovers" },
];

/** Shows the effects of a decreasing budget, the burn-rate alerts, and the approval in effect. */
export function PolicyPanel({ slo }: { slo: Slo }) {
  const remaining = slo.budget?.remaining ?? null;
  const silence = describeUntestable(slo.absent);
  return (
    <Panel title="Error budget policy">
      {slo.freezes ? (
        <ul className={classes.levels}>
          {levels.map(({ below, left, what }) => {
            const isReached = remaining !== null && remaining <= below;
            return (
              <li key={left}>
                <strong>{left}</strong>
                <StatusBadge state={isReached ? "watch" : "not-started"}>{isReached ? "now" : "not yet"}</StatusBadge>
                <span>{what}</span>
              </li>
            );
          })}
        </ul>
      ) : (
        <p className="lw-muted">People are notified and tickets opened; changes are not blocked.</p>
      )}
      {slo.approval && (
        <PanelSection title="Changes approved">
          <p>
            {slo.approval.approvedBy} approved changes until <Moment at={slo.approval.until} />: {slo.approval.reason}
          </p>
        </PanelSection>
      )}
      <PanelSection title="Notifications">
        <p className="lw-muted">{describeRules(slo)}</p>
        {silence && <p className={classes.lacks}>{silence}</p>}
        <p className={slo.missing.length > 0 ? classes.lacks : "lw-muted"}>
          {slo.team
            ? `Owned by ${slo.team.name}. `
            : "No owner, so pages reach only the receiver of the matching route. "}
          {slo.runbook ? (
            <a href={`/incidents/runbooks/${slo.runbook.id}`}>Runbook: {slo.runbook.name}</a>
          ) : (
            "No runbook."
          )}
        </p>
      </PanelSection>
    </Panel>
  );
}

function describeRules({ definition: { rules } }: Slo): string {
  const of = (severity: "page" | "ticket") =>
    rules.tiers
      .filter((tier) => tier.severity === severity)
      .map((tier) => `${formatBurnRate(tier.factor)}× over ${formatWindows(tier)}`)
      .join("; ");
  const parts = [
    of("page") && `Pages at ${of("page")}.`,
    of("ticket") && `Tickets at ${of("ticket")}.`,
    rules.absent && `A ${rules.absent.severity} when data stops arriving.`,
    rules.gate !== null &&
      `Small failure counts alert only if they would occur by chance in less than ${Number((rules.gate * 100).toPrecision(2))}% of cases.`,
  ];
  return parts.filter(Boolean).join(" ") || "No one is notified.";
}
