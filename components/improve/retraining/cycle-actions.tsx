"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActOnCycle } from "#server/improve/retraining/cycles/contract.ts";

type Act = (input: ActOnCycle) => Promise<ActionState<unknown>>;

interface CycleActionsProps {
  model: string;
  number: number;
  /** Whether the candidate waits for a person. */
  isAsked: boolean;
  candidate: string;
  end: Act;
  approve: Act;
  decline: Act;
  actorName: string;
  whyNoEnd: string | undefined;
  whyNoApproval: string | undefined;
}

/** Renders what a person can do with an open cycle: approve or decline its candidate, or end it. */
export function CycleActions(props: CycleActionsProps) {
  const { model, number, isAsked, candidate, whyNoEnd, whyNoApproval } = props;
  const [asks, setAsks] = useState<"end" | "approve" | "decline">();
  usePageKey(whyNoEnd === undefined ? "S" : undefined, () => setAsks("end"));
  usePageKey(isAsked && whyNoApproval === undefined ? "A" : undefined, () => setAsks("approve"));
  const dialog = {
    onClose: () => setAsks(undefined),
    cancelLabel: "Cancel",
    actorName: props.actorName,
  };
  const confirm = (act: Act, done: string) => async (reason: string) => {
    const result = await act({ model, number, reason });
    if (!result.ok) return result.error ?? "Could not change the cycle. Reload the page to see its state.";
    toast.done(done);
    return undefined;
  };
  return (
    <>
      <Button
        variant="default"
        data-danger
        disabled={whyNoEnd !== undefined}
        title={whyNoEnd}
        onClick={() => setAsks("end")}
        rightSection={<Keys keys={["S"]} />}
      >
        Stop…
      </Button>
      {isAsked && (
        <>
          <Button
            variant="default"
            disabled={whyNoApproval !== undefined}
            title={whyNoApproval}
            onClick={() => setAsks("decline")}
          >
            Decline…
          </Button>
          <Button
            disabled={whyNoApproval !== undefined}
            title={whyNoApproval}
            onClick={() => setAsks("approve")}
            rightSection={<Keys keys={["A"]} />}
          >
            Approve…
          </Button>
        </>
      )}
      <ConfirmWithReason
        {...dialog}
        opened={asks === "end"}
        title={`Stop cycle ${number} of ${model}?`}
        consequences={[
          { label: "Ends", value: "its running job, evaluation or rollout" },
          { label: "Keeps", value: "the deployed version, and all results of the cycle" },
          { label: "Later", value: "not possible; start another cycle" },
        ]}
        reasons={["No longer needed", "Wrong data", "Costs too much"]}
        confirmLabel="Stop cycle"
        destructive
        onConfirm={confirm(props.end, `Stopping cycle ${number}.`)}
      />
      <ConfirmWithReason
        {...dialog}
        opened={asks === "approve"}
        title={`Roll out ${candidate}?`}
        consequences={[
          { label: "Next", value: "the canary starts, following the plan of the policy" },
          { label: "Undo", value: "stop the cycle; the rollout rolls back" },
        ]}
        reasons={["Evaluation is convincing", "Needed now"]}
        confirmLabel="Approve"
        onConfirm={confirm(props.approve, `${candidate} approved; its canary starts within seconds.`)}
      />
      <ConfirmWithReason
        {...dialog}
        opened={asks === "decline"}
        title={`Decline ${candidate}?`}
        consequences={[
          { label: "Ends", value: "the cycle as rejected; the cooldown doubles" },
          { label: "Keeps", value: "the deployed version, and the candidate in the registry" },
        ]}
        reasons={["Evaluation is not convincing", "Bad time for a release"]}
        confirmLabel="Decline"
        destructive
        onConfirm={confirm(props.decline, `${candidate} is declined.`)}
      />
    </>
  );
}
