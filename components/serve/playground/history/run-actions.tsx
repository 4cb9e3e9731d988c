"use client";

import { Button } from "@mantine/core";
import { IconPlayerPlay, IconTrash, IconX } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import type { ActionState } from "#components/ui/action-state.ts";
import { Link } from "#components/ui/link.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { PlaygroundRun } from "#server/serve/playground/contract.ts";

interface RunActionsProps {
  run: Pick<PlaygroundRun, "id" | "modelName" | "state" | "kind">;
  /** Undefined when it cannot be run again. */
  again: string | undefined;
  /** Whether the user may cancel and delete it. */
  mayChange: boolean;
  cancel: (id: string) => Promise<ActionState>;
  deleteRun: (run: { id: string; model: string }) => Promise<ActionState>;
}

/** Buttons for the actions on a run of the history. */
export function RunActions({ run, again, mayChange, cancel, deleteRun }: RunActionsProps) {
  const router = useRouter();
  const cancelling = useAction(cancel);
  const deleting = useAction(async (input: { id: string; model: string }) => {
    const result = await deleteRun(input);
    if (!result.ok) toast.failed("Could not delete the run.", result.error ?? "");
    return result;
  });
  return (
    <>
      {mayChange && run.state === "running" && (
        <Button
          variant="default"
          leftSection={<IconX size={15} stroke={1.8} aria-hidden="true" />}
          onClick={() => cancelling.run(run.id, () => router.refresh())}
        >
          Cancel
        </Button>
      )}
      {mayChange && run.state !== "running" && (
        <Button
          variant="default"
          leftSection={<IconTrash size={15} stroke={1.8} aria-hidden="true" />}
          loading={deleting.busy}
          onClick={() => deleting.run({ id: run.id, model: run.modelName })}
        >
          Delete
        </Button>
      )}
      {again ? (
        <Button
          component={Link}
          href={again}
          leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
        >
          Run again
        </Button>
      ) : (
        run.kind === "run" && (
          <span className="lw-small lw-quiet">The input was too large to store, so the run cannot be repeated.</span>
        )
      )}
    </>
  );
}
