"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { Task } from "#server/serve/tasks/contract.ts";

interface TaskButtonsProps {
  task: Pick<Task, "id" | "state">;
  cancel: (input: { taskId: string; reason: string }) => Promise<ActionState<unknown>>;
  redrive: (input: { taskId: string; reason: string }) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Reason why both are disabled: "needs the role operator". */
  disabledReason: string | undefined;
}

/** Renders the buttons that cancel a queued or running task, or retry a failed or expired one. */
export function TaskButtons({ task, cancel, redrive, actorName, disabledReason }: TaskButtonsProps) {
  const [opened, setOpened] = useState(false);
  const isOpen = task.state === "queued" || task.state === "running";
  if (!isOpen && task.state !== "failed" && task.state !== "expired") return null;
  if (disabledReason) return <span className="lw-small lw-quiet">{disabledReason}</span>;
  const short = task.id.slice(0, 8);

  async function confirm(reason: string): Promise<string | undefined> {
    const result = await (isOpen ? cancel : redrive)({ taskId: task.id, reason });
    if (!result.ok) return result.error ?? "No changes made.";
    toast.done(isOpen ? `Task ${short} was cancelled.` : `Retrying task ${short}.`);
    return undefined;
  }
  const cancelling = [
    { label: "If queued", value: "it does not start" },
    { label: "If running", value: "its result is discarded" },
    { label: "Undo", value: "not possible; submit the request again" },
  ];
  const redriving = [
    { label: "Attempts", value: "reset; all attempts are available again" },
    { label: "Result and webhook", value: "as for any task, with the same ID" },
  ];
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        {isOpen ? "Cancel task…" : "Retry…"}
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={isOpen ? `Cancel task ${short}?` : `Retry task ${short}?`}
        consequences={isOpen ? cancelling : redriving}
        reasons={isOpen ? ["Sent by mistake", "No longer needed"] : ["Cause fixed"]}
        confirmLabel={isOpen ? "Cancel task" : "Retry"}
        cancelLabel="Cancel"
        destructive={isOpen}
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}

interface RedriveAllProps {
  deadLetters: number;
  redrive: (reason: string) => Promise<ActionState<{ redriven: number }>>;
  actorName: string;
  disabledReason: string | undefined;
}

/** Renders the button that retries every dead letter of the endpoint. */
export function RedriveAll({ deadLetters, redrive, actorName, disabledReason }: RedriveAllProps) {
  const [opened, setOpened] = useState(false);
  if (deadLetters === 0) return null;
  const all = plural(deadLetters, "dead letter");

  async function confirm(reason: string): Promise<string | undefined> {
    const result = await redrive(reason);
    if (!result.ok) return result.error ?? "No changes made.";
    toast.done(`Retrying ${plural(result.data?.redriven ?? 0, "task")}.`);
    return undefined;
  }
  return (
    <>
      {disabledReason && <span className="lw-small lw-quiet">{disabledReason}</span>}
      <Button variant="default" disabled={Boolean(disabledReason)} onClick={() => setOpened(true)}>
        Retry all dead letters…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Retry ${all}?`}
        consequences={[
          { label: "Attempts", value: "reset for each task, oldest first" },
          { label: "Limit", value: "10,000 tasks; the backlog limit does not apply" },
        ]}
        reasons={["Cause fixed"]}
        confirmLabel="Retry all"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
