import { IconRefresh } from "@tabler/icons-react";
import { formatCount, formatMoney, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import { formatUntil } from "#components/ui/format-time.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { RetrainingDecision, RetrainingPolicyDetails } from "#server/improve/retraining/policies/contract.ts";
import { describeData, describeTriggerRule } from "./policy-text.ts";
import classes from "./retraining.module.css";

/** Shows the rules of a policy: triggers, conditions, limits, acceptance. */
export function RulesPanel({ policy }: { policy: RetrainingPolicyDetails }) {
  const { rules, plan, revision, updatedAt } = policy;
  const { labels, limits, accept } = rules;
  return (
    <Panel
      title="Policy"
      subtitle={
        <>
          revision {revision}, <RelativeTime at={updatedAt} />
        </>
      }
      flush
    >
      <div className={classes.rules}>
        <PanelSection title={`Triggers, ${rules.combine} of`}>
          {rules.triggers.length === 0 ? (
            <p className="lw-muted">None: cycles start on request only.</p>
          ) : (
            <ul className={classes.list}>
              {rules.triggers.map((trigger) => (
                <li key={JSON.stringify(trigger)}>{describeTriggerRule(trigger)}</li>
              ))}
            </ul>
          )}
        </PanelSection>
        <PanelSection title="Conditions, all of">
          <dl className="lw-facts">
            <dt>Complete labels</dt>
            <dd>min {formatCount(labels.atLeast)}</dd>
            <dt>Of each class</dt>
            <dd>min {formatCount(labels.perClass)}</dd>
            <dt>Rows with a label</dt>
            <dd>min {formatPercent(labels.completeness)}</dd>
            <dt>From one source</dt>
            <dd>max {formatPercent(labels.maxShareOfOneSource)}</dd>
            <dt>Open data findings</dt>
            <dd>none</dd>
          </dl>
        </PanelSection>
        <PanelSection title="Limits">
          <dl className="lw-facts">
            <dt>Cooldown</dt>
            <dd>{formatNumber(limits.cooldownHours)} h, doubled after each rejection</dd>
            <dt>Cycles in 30 days</dt>
            <dd>max {formatCount(limits.maxPer30Days)}</dd>
            <dt>Cost of a cycle</dt>
            <dd>{limits.costPerCycle === null ? noValue : `max ${formatMoney(limits.costPerCycle, "")}`}</dd>
            <dt>Age of a cycle</dt>
            <dd>max {formatNumber(limits.maxAgeHours)} h</dd>
          </dl>
        </PanelSection>
        <PanelSection title="Acceptance, all of">
          <dl className="lw-facts">
            <dt>Frozen set</dt>
            <dd>no worse than −{formatNumber(accept.margin * 100)} points</dd>
            <dt>Fresh labels</dt>
            <dd>
              {plan.compare.freshSet === null ? "the canary decides" : `better, p < ${formatNumber(accept.alpha)}`}
            </dd>
            <dt>Segments</dt>
            <dd>
              no worse than −{formatNumber(accept.margin * 200)} points, {formatCount(accept.segmentRows)}+ rows
            </dd>
            <dt>Approval</dt>
            <dd>{plan.release.needsApproval ? "by a person" : "by evidence alone"}</dd>
          </dl>
        </PanelSection>
      </div>
    </Panel>
  );
}

/** Shows how a cycle of the policy trains and releases. */
export function PlanPanel({ policy: { plan, owner, createdBy } }: { policy: RetrainingPolicyDetails }) {
  return (
    <Panel title="Cycle" subtitle="what each cycle does">
      <dl className="lw-facts">
        <dt>Trains on</dt>
        <dd>{describeData(plan.data)}</dd>
        <dt>Template</dt>
        <dd>{plan.job.template}</dd>
        <dt>Priority</dt>
        <dd>{plan.job.priority}</dd>
        <dt>Canary</dt>
        <dd>{plan.release.plan.steps.map(({ weight }) => formatPercent(weight)).join(", ")}</dd>
        <dt>Guardrails</dt>
        <dd>{formatCount(plan.release.plan.guardrails.length)}</dd>
        <dt>Owner</dt>
        <dd>{owner?.name ?? "none: nothing is trained until an owner is set"}</dd>
        <dt>Created by</dt>
        <dd>{createdBy}</dd>
      </dl>
    </Panel>
  );
}

/** Lists what a policy decided, newest first: which triggers were met, and what put a training on hold. */
export function DecisionsPanel({ decisions, now }: { decisions: readonly RetrainingDecision[]; now: number }) {
  return (
    <Panel title="Decisions" subtitle="recorded on change" flush>
      {decisions.length === 0 ? (
        <EmptyState title="No decisions yet">The policy is evaluated every five minutes.</EmptyState>
      ) : (
        <ol className={classes.log}>
          {decisions.map((decision) => (
            <li key={decision.at.getTime()}>
              <span className={classes.when}>
                <RelativeTime at={decision.at} />
              </span>
              <Shape kind={decision.kind} />
              <span>
                {wordsOf(decision)}
                {decision.holds.map(({ code, words, until }) => (
                  <span className={classes.hold} key={`${code} ${words}`}>
                    {words}
                    {until !== null && until > now && ` Until about ${formatUntil(until, now)}.`}
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Shape({ kind }: Pick<RetrainingDecision, "kind">) {
  if (kind === "fired") return <IconRefresh size={12} stroke={2} aria-label="Started" />;
  return <StatusShape state={kind === "held" ? "paused" : "not-started"} />;
}

function wordsOf({ kind, evidence, cycle }: RetrainingDecision): string {
  const words = evidence.map((one) => one.words).join(" ");
  if (kind === "quiet") return "No trigger is met.";
  if (kind === "fired") return `${cycle === null ? "A cycle" : `Cycle ${cycle}`} started. ${words}`;
  return `On hold. ${words}`;
}
