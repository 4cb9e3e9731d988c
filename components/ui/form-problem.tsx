import type { ReactNode } from "react";
import type { ActionState } from "./action-state.ts";
import classes from "./form-problem.module.css";
import { StatusShape } from "./status-shape.tsx";

/** Why a form was not accepted, above its fields. */
export function FormProblem({ state }: { state: ActionState<unknown> }) {
  if (!state.error) return null;
  return <ProblemBox>{state.error}</ProblemBox>;
}

/** A problem as an alert, which screen readers read out. */
export function ProblemBox({ children }: { children: ReactNode }) {
  return (
    <div className={classes.problem} role="alert">
      <StatusShape state="missed" />
      <span>{children}</span>
    </div>
  );
}
