import type { ReactNode } from "react";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { gateName, gateTitle, type PolicyInForce } from "#server/develop/registry/policy/contract.ts";
import classes from "./policy.module.css";
import { describeEnforcement, describeOrigin, describeSetting, requirementTitle } from "./policy-text.ts";

/** Shows what a model requires of its versions before they are promoted or served, and who set these requirements. */
export function PolicyPanel({ inForce, action }: { inForce: PolicyInForce; action?: ReactNode }) {
  const { policy, changedBy, changedAt, reason } = inForce;
  const { required, protectedAliases, gates } = policy;
  const items = [...required.items, ...required.metrics.map((metric) => `metric:${metric}`)];
  const rules = describeEnforcement(policy);
  return (
    <Panel title="Policy" subtitle={describeOrigin(inForce)} right={action}>
      <dl className="lw-facts">
        <Fact label="Protected aliases" empty="none: any member can move any alias">
          {protectedAliases.length > 0 && (
            <span className={classes.tags}>
              {protectedAliases.map((alias) => (
                <Tag key={alias}>{alias}</Tag>
              ))}
            </span>
          )}
        </Fact>
        <Fact label="Required metadata" empty="nothing">
          {items.length > 0 && items.map(requirementTitle).join(", ")}
        </Fact>
        <Fact label="Gates" empty="none: nothing is checked before promotion">
          {gates.length > 0 && (
            <ul className={classes.list}>
              {gates.map((setting) => (
                <li key={gateName(setting)}>
                  <strong>{gateTitle(setting)}</strong>: {describeSetting(setting)}
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact label="Enforcement" empty="nothing">
          {rules.length > 0 && (
            <ul className={classes.list}>
              {rules.map((rule) => (
                <li key={rule}>{rule}</li>
              ))}
            </ul>
          )}
        </Fact>
        {changedAt && (
          <Fact label="Last change" empty="">
            <RelativeTime at={changedAt} /> by {changedBy}
            {reason && <span className="lw-muted">: “{reason}”</span>}
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

function Fact({ label, empty, children }: { label: string; empty: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children || <span className="lw-quiet">{empty}</span>}</dd>
    </>
  );
}
