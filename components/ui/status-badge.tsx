import type { ReactNode } from "react";
import classes from "./status-badge.module.css";
import { type State, StatusShape } from "./status-shape.tsx";

const words: Record<State, string> = {
  "on-target": "On target",
  watch: "Watch",
  missed: "Missed",
  "no-data": "No data",
  running: "Running",
  "not-started": "Not started",
  paused: "Paused",
  "rolled-back": "Rolled back",
  finished: "Finished",
};

/** Renders the icon, label and colour of a state. `filled` in page heads and verdicts, plain in tables and legends. */
export function StatusBadge({ state, children, filled }: { state: State; children?: ReactNode; filled?: boolean }) {
  return (
    <span className={classes.badge} data-state={state} data-filled={filled || undefined}>
      <StatusShape state={state} />
      <span>{children ?? words[state]}</span>
    </span>
  );
}
