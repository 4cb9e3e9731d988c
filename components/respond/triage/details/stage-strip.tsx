"use client";

import { formatUntil } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { type State, StatusShape } from "#components/ui/status-shape.tsx";
import type { Chosen } from "../board-types.ts";
import { type StageStep, stageSteps } from "./stage-steps.ts";
import classes from "./stages.module.css";

const shapes: Record<StageStep["key"], State> = { act: "missed", watch: "running", resolve: "not-started" };

/** Shows the three stages of an incident with their times, the current one marked. */
export function StageStrip({ chosen }: { chosen: Chosen }) {
  const now = useNow(10_000);
  const zone = useHydrated() ? undefined : "UTC";
  const steps = stageSteps(chosen, now, (at) => formatUntil(at, now, zone));
  if (steps.length === 0) return null;
  return (
    <ol className={classes.strip} aria-label="Stages">
      {steps.map(({ key, label, state, time, words }, index) => (
        <li key={key} data-state={state} data-key={key} aria-current={state === "current" ? "step" : undefined}>
          <span className={classes.step}>
            <StatusShape state={state === "done" ? "finished" : state === "current" ? shapes[key] : "not-started"} />
            <strong>
              {index + 1} {label}
            </strong>
            <span className={classes.time}>{time}</span>
          </span>
          <span className={classes.words}>{words}</span>
        </li>
      ))}
    </ol>
  );
}
