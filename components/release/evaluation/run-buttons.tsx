"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface RunEvaluationProps {
  /** "v15" */
  version: string;
  label?: string;
  run: (input: undefined) => Promise<ActionState<unknown>>;
  isPrimary?: boolean;
  /** Reason why it is disabled: "requires the member role". */
  why?: string | undefined;
}

/** Requests the evaluation of a version; the page shows its progress. */
export function RunEvaluation({ version, label = "Run evaluation", run: action, isPrimary, why }: RunEvaluationProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(action);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      {state.error && (
        <span className="lw-small" role="alert">
          {state.error}
        </span>
      )}
      <Button
        variant={isPrimary ? "filled" : "default"}
        size={isPrimary ? "sm" : "xs"}
        disabled={why !== undefined}
        aria-disabled={busy}
        onClick={() =>
          run(undefined, () => {
            toast.done(`Evaluating ${version}. It continues when you leave the page.`);
            router.refresh();
          })
        }
      >
        {busy ? "Requesting…" : label}
      </Button>
    </>
  );
}

interface CancelEvaluationProps {
  version: string;
  cancel: (input: undefined) => Promise<ActionState<unknown>>;
  why?: string | undefined;
}

/** Cancels an evaluation; its rows so far are kept. */
export function CancelEvaluation({ version, cancel, why }: CancelEvaluationProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(cancel);
  if (why) return null;
  return (
    <>
      {state.error && (
        <span className="lw-small" role="alert">
          {state.error}
        </span>
      )}
      <Button
        variant="default"
        size="xs"
        aria-disabled={busy}
        onClick={() =>
          run(undefined, () => {
            toast.done(`Evaluation of ${version} cancelled. Run it again to continue.`);
            router.refresh();
          })
        }
      >
        Cancel
      </Button>
    </>
  );
}
