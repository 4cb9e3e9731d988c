import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { burnWords } from "#server/slo/engine/contract.ts";
import type { Slo } from "#server/slo/objectives/contract.ts";
import { windowsWords } from "./ladder-words.ts";
import classes from "./policy-panel.module.css";

const levels = [
  { below: 0.5, left: "50 %", what: "canaries are a must, with a smaller first step" },
  { below: 0.25, left: "25 %", what: "only fixes are released, or by approval" },
  { below: 0, left: "0 %", what: "changes are frozen until budget is back" },
];

/** What happens as the budget goes, who is told by which rules, and which approval holds. */
export function PolicyPanel({ slo }: { slo: Slo }) {
  const remaining = slo.budget?.remaining ?? null;
  return (
    <Panel title="What happens when it runs out">
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
        <p className="lw-muted">It informs people and opens tickets; changes go on.</p>
      )}
      {slo.approval && (
        <PanelSection title="Changes are approved">
          <p>
            {slo.approval.approvedBy} lets changes go on until <Moment at={slo.approval.until} />: {slo.approval.reason}
          </p>
        </PanelSection>
      )}
      <PanelSection title="Who is told">
        <p className="lw-muted">{rulesWords(slo)}</p>
        <p className={slo.lacks.length > 0 ? classes.lacks : "lw-muted"}>
          {slo.team
            ? `Owned by ${slo.team.name}. `
            : "No team owns it, so a page reaches only the receiver of its route. "}
          {slo.runbook ? (
            <a href={`/incidents/runbooks/${slo.runbook.id}`}>Runbook: {slo.runbook.name}</a>
          ) : (
            "It has no runbook."
          )}
        </p>
      </PanelSection>
    </Panel>
  );
}

function rulesWords({ definition: { rules } }: Slo): string {
  const of = (severity: "page" | "ticket") =>
    rules.tiers
      .filter((tier) => tier.severity === severity)
      .map((tier) => `${burnWords(tier.factor)}× over ${windowsWords(tier)}`)
      .join("; ");
  const parts = [
    of("page") && `Pages at ${of("page")}.`,
    of("ticket") && `Tickets at ${of("ticket")}.`,
    rules.absent && `A ${rules.absent.severity} when nothing is counted any more.`,
    rules.gate !== null &&
      `Few failures are told of only when chance alone makes as many in less than ${Number((rules.gate * 100).toPrecision(2))} % of cases.`,
  ];
  return parts.filter(Boolean).join(" ") || "Nobody is told.";
}
