"use client";

import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RequestRetraining } from "#server/improve/retraining/cycles/contract.ts";
import type { PauseRetrainingPolicy } from "#server/improve/retraining/policies/contract.ts";
import { cycleHref } from "./addresses.ts";

interface PolicyActionsProps {
  model: string;
  isPaused: boolean;
  /** Number of the open cycle. */
  openCycle: number | null;
  /** What stands against a training now, in sentences. */
  holds: readonly string[];
  data: string;
  needsApproval: boolean;
  /** Opens the dialog that asks for a cycle at once, for links of other pages. */
  asksAtOnce: boolean;
  pause: (input: PauseRetrainingPolicy) => Promise<ActionState<unknown>>;
  resume: (model: string) => Promise<ActionState<unknown>>;
  request: (input: RequestRetraining) => Promise<ActionState<{ number: number }>>;
  actorName: string;
  whyNoPause: string | undefined;
  whyNoRequest: string | undefined;
}

/** Renders the buttons that pause or resume a policy (P) and ask for a cycle (T). */
export function PolicyActions(props: PolicyActionsProps) {
  const { model, isPaused, openCycle, holds, data, needsApproval, whyNoPause, whyNoRequest } = props;
  const router = useRouter();
  const whyNoCycle = whyNoRequest ?? (openCycle === null ? undefined : `cycle ${openCycle} is open`);
  const [asks, setAsks] = useState<"pause" | "retrain" | undefined>(
    props.asksAtOnce && whyNoCycle === undefined ? "retrain" : undefined,
  );
  const close = () => setAsks(undefined);
  const resume = async () => {
    const result = await props.resume(model);
    if (result.ok) toast.done(`The policy of ${model} is active again.`);
    else toast.failed(result.error ?? "Could not resume the policy; it is still paused.");
  };
  const pauseOrResume = () => (isPaused ? void resume() : setAsks("pause"));
  usePageKey(whyNoPause === undefined ? "P" : undefined, pauseOrResume);
  usePageKey(whyNoCycle === undefined ? "T" : undefined, () => setAsks("retrain"));
  const Icon = isPaused ? IconPlayerPlay : IconPlayerPause;
  return (
    <>
      <Button
        variant="default"
        disabled={whyNoPause !== undefined}
        title={whyNoPause}
        onClick={pauseOrResume}
        leftSection={<Icon size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["P"]} />}
      >
        {isPaused ? "Resume" : "Pause…"}
      </Button>
      <Button
        disabled={whyNoCycle !== undefined}
        title={whyNoCycle}
        onClick={() => setAsks("retrain")}
        leftSection={<IconRefresh size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["T"]} />}
      >
        Retrain…
      </Button>
      <ConfirmWithReason
        opened={asks === "pause"}
        onClose={close}
        title={`Pause the policy of ${model}?`}
        consequences={[
          { label: "Stops", value: "it starts no cycle automatically" },
          { label: "Keeps", value: "an open cycle continues; people can still start one" },
        ]}
        reasons={["Incorrect labels", "Maintenance", "Costs too much"]}
        confirmLabel="Pause policy"
        cancelLabel="Cancel"
        actorName={props.actorName}
        onConfirm={async (reason) => {
          const result = await props.pause({ model, reason });
          if (!result.ok) return result.error ?? "Could not pause the policy. Reload the page to see its state.";
          toast.done(`The policy of ${model} is paused.`);
          return undefined;
        }}
      />
      <ConfirmWithReason
        opened={asks === "retrain"}
        onClose={close}
        title={`Retrain ${model}?`}
        evidence={
          holds.length === 0
            ? "No condition puts retraining on hold."
            : `On hold by policy: ${holds.join(" ")} You can retrain anyway.`
        }
        consequences={[
          { label: "Trains on", value: data },
          {
            label: "Next",
            value: needsApproval
              ? "comparison, gates, approval by someone else, canary"
              : "comparison, gates, canary; promoted by evidence",
          },
          { label: "Undo", value: "cancel the cycle at any step; production is unchanged until the canary" },
        ]}
        reasons={["Drift", "Quality fell", "New labels"]}
        confirmLabel="Retrain"
        cancelLabel="Cancel"
        actorName={props.actorName}
        onConfirm={async (reason) => {
          const result = await props.request({ model, reason });
          if (!result.ok || !result.data) return result.error ?? "Could not start a cycle. Reload the page to see why.";
          toast.done(`Cycle ${result.data.number} of ${model} has started.`);
          router.push(cycleHref(model, result.data.number));
          return undefined;
        }}
      />
    </>
  );
}
