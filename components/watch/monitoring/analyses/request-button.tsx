"use client";

import { Button } from "@mantine/core";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { Analysis, RequestAnalysis } from "#server/watch/monitoring/analyses/contract.ts";

export type RequestAnalysisAction = (input: RequestAnalysis) => Promise<ActionState<Analysis>>;

interface RequestButtonProps {
  label: string;
  question: RequestAnalysis["question"];
  request: RequestAnalysisAction;
  /** Reason why the button is disabled: a missing permission, or an analysis in progress. */
  why: string | undefined;
}

/** Requests an analysis; the page shows its progress. */
export function RequestButton({ label, question, request, why }: RequestButtonProps) {
  const { state, busy, run } = useAction(request);
  const refresh = useRefresh();
  const complaint = state.error ?? Object.values(state.fieldErrors ?? {})[0];
  return (
    <>
      {complaint && (
        <span className="lw-small" role="alert">
          {complaint}
        </span>
      )}
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant="default"
        size="xs"
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() => run({ question }, () => void refresh())}
      >
        {busy ? "Requesting…" : label}
      </Button>
    </>
  );
}
