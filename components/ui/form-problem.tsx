import type { ReactNode } from "react";
import type { ActionState } from "./action-state.ts";
import classes from "./form-problem.module.css";
import { StatusShape } from "./status-shape.tsx";

/** Shows above its fields why a form was rejected. */
export function FormProblem({ state }: { state: ActionState<unknown> }) {
  if (!state.error) return null;
  return <ProblemBox>{state.error}</ProblemBox>;
}

/** Renders a problem as an alert, which screen readers announce. */
export function ProblemBox({ children }: { children: ReactNode }) {
  return (
    <div className={classes.problem} role="alert">
      <StatusShape state="missed" />
      <span>{children}</span>
    </div>
  );
}
