import { StatusShape } from "#components/ui/status-shape.tsx";
import type { StepCell } from "./step-text.ts";
import classes from "./steps-strip.module.css";

/** Renders the steps of a rollout in order, each with its state, duration and requirements. */
export function StepsStrip({ cells }: { cells: readonly StepCell[] }) {
  return (
    <ol className={classes.strip} aria-label="Steps">
      {cells.map(({ share, state, status, detail }) => (
        <li
          className={classes.cell}
          data-state={state}
          aria-current={isCurrent(state) ? "step" : undefined}
          key={share}
        >
          <span className={classes.first}>
            <span className={classes.share}>
              <StatusShape state={state} size={11} />
              {share}
            </span>
            <span className={classes.standing}>{status}</span>
          </span>
          <span className={classes.detail}>{detail}</span>
        </li>
      ))}
    </ol>
  );
}

function isCurrent(state: StepCell["state"]): boolean {
  return state === "running" || state === "paused" || state === "watch";
}
