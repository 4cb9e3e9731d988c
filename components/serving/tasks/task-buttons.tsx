"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type { Task } from "#server/serving/tasks/contract.ts";

interface TaskButtonsProps {
  task: Pick<Task, "id" | "state">;
  cancel: (input: { taskId: string; reason: string }) => Promise<ActionState<unknown>>;
  redrive: (input: { taskId: string; reason: string }) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Why both are off: "needs the role operator". */
  offBecause: string | undefined;
}

/** Cancels a task that waits or runs; lets one that failed or expired be tried anew. */
export function TaskButtons({ task, cancel, redrive, actorName, offBecause }: TaskButtonsProps) {
  const [opened, setOpened] = useState(false);
  const isOpen = task.state === "queued" || task.state === "running";
  if (!isOpen && task.state !== "failed" && task.state !== "expired") return null;
  if (offBecause) return <span className="lw-small lw-quiet">{offBecause}</span>;
  const short = task.id.slice(0, 8);

  async function confirm(reason: string): Promise<string | undefined> {
    const answer = await (isOpen ? cancel : redrive)({ taskId: task.id, reason });
    if (!answer.ok) return answer.error ?? "Nothing was changed.";
    toast.done(isOpen ? `Task ${short} was cancelled.` : `Task ${short} is tried anew.`);
    return undefined;
  }
  const cancelling = [
    { label: "If it waits", value: "it is not begun" },
    { label: "If it runs", value: "its answer is thrown away" },
    { label: "To undo", value: "not possible; submit the request again" },
  ];
  const redriving = [
    { label: "Tries", value: "it gets all of them anew" },
    { label: "Its result and webhook", value: "as of any other task, under the same id" },
  ];
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        {isOpen ? "Cancel task…" : "Try anew…"}
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={isOpen ? `Cancel task ${short}?` : `Try task ${short} anew?`}
        consequences={isOpen ? cancelling : redriving}
        reasons={isOpen ? ["Sent by mistake", "No longer needed"] : ["The cause is fixed"]}
        confirmLabel={isOpen ? "Cancel the task" : "Try anew"}
        keepLabel="Leave it"
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
  offBecause: string | undefined;
}

/** Lets every dead letter of the endpoint be tried anew. */
export function RedriveAll({ deadLetters, redrive, actorName, offBecause }: RedriveAllProps) {
  const [opened, setOpened] = useState(false);
  if (deadLetters === 0) return null;
  const all = plural(deadLetters, "dead letter");

  async function confirm(reason: string): Promise<string | undefined> {
    const answer = await redrive(reason);
    if (!answer.ok) return answer.error ?? "Nothing was changed.";
    toast.done(`${plural(answer.data?.redriven ?? 0, "task")} will be tried anew.`);
    return undefined;
  }
  return (
    <>
      {offBecause && <span className="lw-small lw-quiet">{offBecause}</span>}
      <Button variant="default" disabled={Boolean(offBecause)} onClick={() => setOpened(true)}>
        Try all dead letters anew…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Try ${all} anew?`}
        consequences={[
          { label: "Tries", value: "each gets all of them anew, the oldest first" },
          { label: "At once", value: "at most 10,000; the bound of the backlog does not hold for them" },
        ]}
        reasons={["The cause is fixed"]}
        confirmLabel="Try all anew"
        keepLabel="Leave them"
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
