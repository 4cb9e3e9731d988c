"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

interface CalendarAddressProps {
  scheduleId: string;
  hasAddress: boolean;
  renew: (scheduleId: string) => Promise<ActionState<{ url: string }>>;
  remove: (scheduleId: string) => Promise<ActionState<unknown>>;
  why?: string | undefined;
}

/** The address for calendar programs, shown once; a new one stops the one before. */
export function CalendarAddress({ scheduleId, hasAddress, renew, remove, why }: CalendarAddressProps) {
  const making = useAction(renew);
  const stopping = useAction(remove);
  const refresh = useRefresh();
  const [url, setUrl] = useState<string>();
  const error = making.state.error ?? stopping.state.error;
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <p className="lw-muted">
        Calendar programs that subscribe to it show who is on call. Whoever has the address can read the schedule.
      </p>
      {error && <p role="alert">{error}</p>}
      {url && (
        <p>
          <code className="lw-mono" style={{ overflowWrap: "anywhere" }}>
            {url}
          </code>{" "}
          <CopyButton value={url} label="Copy the calendar address" />
          <br />
          <span className="lw-small lw-quiet">Copy it now: it is not shown again.</span>
        </p>
      )}
      <p style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
        <Button
          variant="default"
          disabled={why !== undefined}
          title={why}
          aria-disabled={making.busy}
          onClick={() =>
            making.run(scheduleId, (made) => {
              setUrl(made.url);
              void refresh();
            })
          }
        >
          {hasAddress ? "Make a new address" : "Make an address"}
        </Button>
        {hasAddress && (
          <Button
            variant="default"
            disabled={why !== undefined}
            title={why}
            aria-disabled={stopping.busy}
            onClick={() =>
              stopping.run(scheduleId, () => {
                setUrl(undefined);
                toast.done("The calendar address was stopped.");
                void refresh();
              })
            }
          >
            Stop it
          </Button>
        )}
      </p>
    </div>
  );
}
