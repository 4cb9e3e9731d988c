import type { ActionState } from "#components/ui/action-state.ts";
import { StatusShape } from "#components/ui/status-shape.tsx";
import classes from "../platform/identity/entrance-form.module.css";

/** Why a form was not accepted, above its fields. */
export function FormProblem({ state }: { state: ActionState<unknown> }) {
  if (!state.error) return null;
  return (
    <div className={classes.problem} role="alert">
      <StatusShape state="missed" />
      <span>{state.error}</span>
    </div>
  );
}
