"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { DeleteFeatureConnection } from "#server/develop/features/sources/connections/contract.ts";

interface TestConnectionProps {
  name: string;
  test: (name: string) => Promise<ActionState<{ problem: string | null }>>;
  why: string | undefined;
}

/** Connects to a database, and says whether it responded. */
export function TestConnection({ name, test, why }: TestConnectionProps) {
  const { busy, run } = useAction(async (connection: string) => {
    const result = await test(connection);
    if (!result.ok) toast.failed(`Could not test ${connection}.`, result.error);
    return result;
  });
  return (
    <Button
      variant="default"
      size="xs"
      disabled={why !== undefined}
      title={why}
      aria-label={busy ? undefined : `Test connection ${name}`}
      aria-disabled={busy}
      onClick={() =>
        run(name, ({ problem }) => {
          if (problem === null) toast.done(`Connection ${name} works.`);
          else toast.failed(`Connection ${name} does not work.`, problem);
        })
      }
    >
      {busy ? "Connecting…" : "Test"}
    </Button>
  );
}

interface DeleteConnectionProps {
  name: string;
  /** Names of sources that use it. */
  sources: readonly string[];
  remove: (input: DeleteFeatureConnection) => Promise<ActionState<unknown>>;
  actorName: string;
  why: string | undefined;
}

/** Deletes a connection that no source uses, after a reason. */
export function DeleteConnection({ name, sources, remove, actorName, why }: DeleteConnectionProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const reason = why ?? (sources.length > 0 ? "a source uses it" : undefined);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        disabled={reason !== undefined}
        title={reason}
        aria-label={`Delete connection ${name}`}
        onClick={() => setOpened(true)}
      >
        Delete…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Delete connection ${name}?`}
        consequences={[
          { label: "Sources", value: "no source uses it" },
          { label: "Its URL", value: "is deleted with the password" },
          { label: "To undo", value: "create a connection of the same name with the URL" },
        ]}
        reasons={["No longer used", "Replaced"]}
        confirmLabel="Delete connection"
        cancelLabel="Cancel"
        destructive
        actorName={actorName}
        onConfirm={async (given) => {
          const { ok, error } = await remove({ name, reason: given });
          if (!ok) return error;
          toast.done(`Connection ${name} deleted.`);
          void refresh();
          return undefined;
        }}
      />
    </>
  );
}
