import type { ReactNode } from "react";
import { StatusShape } from "#components/ui/status-shape.tsx";
import classes from "./evaluation.module.css";

interface NoticeProps {
  state: "missed" | "watch" | "no-data";
  action?: ReactNode;
  children: ReactNode;
}

/** Renders one line above the panels that says how far their numbers can be trusted. */
export function Notice({ state, action, children }: NoticeProps) {
  return (
    <div className={classes.notice} role="status">
      <StatusShape state={state} />
      <span className={classes.words}>{children}</span>
      {action}
    </div>
  );
}
