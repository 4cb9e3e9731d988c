"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatPercent } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { gameDayName } from "./addresses.ts";
import { ConfirmOnce } from "./confirm-once.tsx";
import classes from "./drills.module.css";

interface BudgetDecisionProps {
  number: number;
  budgetDecision: "counted" | "excluded" | null;
  /** Largest share of an error budget that was used. */
  used: number;
  decide: (input: { number: number; decision: "counted" | "excluded" }) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

/** Asks whether what a game day used of an error budget stays counted. */
export function BudgetDecision({ number, budgetDecision, used, decide, why }: BudgetDecisionProps) {
  const refresh = useRefresh();
  const [asks, setAsks] = useState(false);
  const { state, busy, run, reset } = useAction(decide);
  if (budgetDecision !== null) {
    return (
      <p className="lw-muted">
        {budgetDecision === "counted" ? "Kept counted." : "Excluded from the error budget by an adjustment."}
      </p>
    );
  }
  const settle = (decision: "counted" | "excluded") =>
    run({ number, decision }, () => {
      setAsks(false);
      toast.done(decision === "counted" ? "The error budget stays as it is." : "Excluded from the error budget.");
      void refresh();
    });
  return (
    <div className={classes.decision} data-print="off">
      <span className="lw-muted">Adjust the budget?</span>
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        title={why}
        aria-disabled={busy}
        onClick={() => settle("counted")}
      >
        Keep counted
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        title={why}
        onClick={() => {
          reset();
          setAsks(true);
        }}
      >
        Exclude {formatPercent(used)}…
      </Button>
      {state.error && !asks && <span role="alert">{state.error}</span>}
      <ConfirmOnce
        opened={asks}
        onClose={() => setAsks(false)}
        title={`Exclude ${gameDayName(number)} from the error budget?`}
        sentence={`The minutes of ${gameDayName(number)} are excluded, by an adjustment, from each SLO that had bad events in them.`}
        confirmLabel={`Exclude ${formatPercent(used)}`}
        isBusy={busy}
        error={state.error}
        onConfirm={() => settle("excluded")}
      />
    </div>
  );
}
