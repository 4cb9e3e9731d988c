"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { UnblockVersion, VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import classes from "./blocked-versions.module.css";

interface BlockedVersionsProps {
  endpoint: { id: string; name: string };
  blocks: readonly VersionBlock[];
  unblock: (input: UnblockVersion) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Reason why the viewer may not unblock. */
  why?: string | undefined;
}

/** Lists the versions that an endpoint was rolled back from, each with the button that unblocks it. */
export function BlockedVersions({ endpoint, blocks, unblock, actorName, why }: BlockedVersionsProps) {
  const refresh = useRefresh();
  const [chosen, setChosen] = useState<VersionBlock>();
  if (blocks.length === 0) return null;

  async function confirm(reason: string): Promise<string | undefined> {
    if (!chosen) return undefined;
    const { model, version } = chosen;
    const result = await unblock({ endpointId: endpoint.id, model, version, reason });
    if (!result.ok) return result.error ?? "The version was not unblocked.";
    toast.done(`${model} v${version} unblocked.`);
    refresh();
    return undefined;
  }

  return (
    <>
      <ul className={classes.list} aria-label="Blocked versions">
        {blocks.map((block) => (
          <li className={classes.block} key={block.versionId}>
            <span>
              <strong>
                {block.model} v{block.version} is blocked here.
              </strong>{" "}
              <span className="lw-muted">
                {block.blockedBy} rolled back from it <RelativeTime at={block.blockedAt} />
                {block.reason && `: ${block.reason}`}
              </span>
            </span>
            <Button
              variant="default"
              size="compact-sm"
              disabled={Boolean(why)}
              title={why}
              onClick={() => setChosen(block)}
            >
              Unblock…
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmWithReason
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={`Unblock ${chosen?.model} v${chosen?.version} on ${endpoint.name}?`}
        consequences={[
          { label: "Allows", value: "deploying this version here, and rolling it out" },
          { label: "Keeps", value: "what serves now; unblocking deploys nothing" },
          { label: "Undo", value: "the next rollback blocks the version again" },
        ]}
        reasons={["Fixed elsewhere", "Not the cause"]}
        confirmLabel="Unblock"
        cancelLabel="Keep blocked"
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
