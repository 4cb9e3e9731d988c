import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Precondition } from "#server/respond/drills/contract.ts";
import classes from "./drills.module.css";

interface PreconditionsPanelProps {
  preconditions: readonly Precondition[];
  /** When they are checked again: "at the start". */
  checkedAgain: string;
}

/** Lists what has to hold before a game day starts, with what was found. */
export function PreconditionsPanel({ preconditions, checkedAgain }: PreconditionsPanelProps) {
  const met = preconditions.filter(({ isMet }) => isMet).length;
  return (
    <Panel
      title="Preconditions"
      subtitle={checkedAgain}
      right={
        <span className={classes.count}>
          <StatusShape state={met === preconditions.length ? "on-target" : "missed"} />
          {met} of {preconditions.length}
        </span>
      }
      flush
    >
      <ul className={classes.pairs} aria-label="Preconditions">
        {preconditions.map(({ key, label, found, isMet, blocked }) => (
          <li className={classes.pair} key={key}>
            <StatusShape state={isMet ? "on-target" : "missed"} />
            <span>
              {label}
              {isMet ? <span className="lw-hidden">, met</span> : <span className={classes.why}>{blocked}</span>}
            </span>
            <span className="lw-muted">{found}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
