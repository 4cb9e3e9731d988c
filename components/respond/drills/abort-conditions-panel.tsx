import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { AbortCondition } from "#server/respond/drills/contract.ts";
import classes from "./drills.module.css";

/** Lists what ends a running game day at once, with how far each is. */
export function AbortConditionsPanel({ conditions }: { conditions: readonly AbortCondition[] }) {
  return (
    <Panel title="Abort conditions" subtitle="any of these ends it" flush>
      <ul className={classes.conditions} aria-label="Abort conditions">
        {conditions.map(({ key, label, found, limit, used, isReached }) => (
          <li className={classes.condition} key={key}>
            <StatusShape state={isReached ? "missed" : "on-target"} />
            <span>
              {label}
              {isReached && <span className="lw-hidden">, reached</span>}
            </span>
            <span aria-hidden="true">{used !== null && <Meter used={used} />}</span>
            <strong className="lw-number">{found}</strong>
            <span className={classes.limit}>{limit}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Meter({ used }: { used: number }) {
  return (
    <span className={classes.meter}>
      <span
        className={classes.meterFill}
        data-state={used >= 1 ? "missed" : used >= 0.7 ? "watch" : undefined}
        style={{ width: `${Math.min(1, Math.max(0, used)) * 100}%` }}
      />
    </span>
  );
}
