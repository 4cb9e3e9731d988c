import type { ReactNode } from "react";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { RolloutPhase } from "#server/serve/rollout/contract.ts";
import classes from "./rollout-banner.module.css";

/** Renders the outcome of a finished rollout: result and reason, then where and since when. */
export function RolloutBanner({ phase, title, children }: { phase: RolloutPhase; title: string; children: ReactNode }) {
  const state = phase === "rolled-back" ? "rolled-back" : "finished";
  return (
    <div className={classes.banner} data-state={state}>
      <StatusShape state={state} size={15} />
      <div>
        <p className={classes.title}>{title}</p>
        <p className="lw-muted">{children}</p>
      </div>
    </div>
  );
}
