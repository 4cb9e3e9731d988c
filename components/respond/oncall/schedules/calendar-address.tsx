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

/** Renders the calendar URL, which is shown once; a new one invalidates the previous one. */
export function CalendarAddress({ scheduleId, hasAddress, renew, remove, why }: CalendarAddressProps) {
  const making = useAction(renew);
  const stopping = useAction(remove);
  const refresh = useRefresh();
  const [url, setUrl] = useState<string>();
  const error = making.state.error ?? stopping.state.error;
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <p className="lw-muted">
        Calendar apps that subscribe to this URL show who is on call. Anyone with the URL can read the schedule.
      </p>
      {error && <p role="alert">{error}</p>}
      {url && (
        <p>
          <code className="lw-mono" style={{ overflowWrap: "anywhere" }}>
            {url}
          </code>{" "}
          <CopyButton value={url} label="Copy calendar URL" />
          <br />
          <span className="lw-small lw-quiet">Copy it now. It will not be shown again.</span>
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
          {hasAddress ? "Generate a new URL" : "Generate URL"}
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
                toast.done("Calendar URL revoked.");
                void refresh();
              })
            }
          >
            Revoke
          </Button>
        )}
      </p>
    </div>
  );
}
