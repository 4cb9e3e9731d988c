import { IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { GateLine } from "#server/develop/registry/gates/contract.ts";
import { BulletScale } from "./bullet-scale.tsx";
import { bulletOf, describeGate, gateStatusLabels } from "./describe-gate.ts";
import classes from "./gates.module.css";

/** Renders one gate: icon, name, measured value and limit as text, a bullet scale for numbers; when opened, its evidence. */
export function GateRow({ line, action }: { line: GateLine; action?: ReactNode }) {
  const { state, word } = gateStatusLabels[line.standing];
  const bullet = bulletOf(line.run);
  return (
    <li>
      <details className={classes.gate}>
        <summary className={classes.row}>
          <StatusShape state={state} />
          <span className={classes.words}>
            <span className={classes.name}>
              <strong>{line.title}</strong>
              {line.waiver ? (
                <Tag tone="watch">
                  waived until <RelativeTime at={line.waiver.until} />
                </Tag>
              ) : (
                <span className="lw-small lw-quiet">{word}</span>
              )}
            </span>
            <span className="lw-small lw-muted">{describeGate(line)}</span>
          </span>
          {bullet && <BulletScale {...bullet} />}
          <IconChevronRight className={classes.chevron} size={13} stroke={1.9} aria-hidden="true" />
        </summary>
        <Evidence line={line} />
      </details>
      {action && <div className={classes.action}>{action}</div>}
    </li>
  );
}

function Evidence({ line: { run, waiver } }: { line: GateLine }) {
  if (!run) return <p className={`${classes.evidence} lw-small lw-muted`}>No evidence: not run yet.</p>;
  return (
    <div className={classes.evidence}>
      <dl className={classes.facts}>
        {run.evidence.facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>Compared with</dt>
          <dd>{run.baselineVersion === null ? "none: there was no other version" : `v${run.baselineVersion}`}</dd>
        </div>
        <div>
          <dt>Result</dt>
          <dd>
            <RelativeTime at={run.at} /> by {run.actorName}
          </dd>
        </div>
        {waiver && (
          <div>
            <dt>Waived</dt>
            <dd>
              <RelativeTime at={waiver.at} /> by {waiver.actorName}: “{waiver.reason}”
            </dd>
          </div>
        )}
      </dl>
      {run.evidence.method && <p className="lw-small lw-quiet">{run.evidence.method}</p>}
    </div>
  );
}
