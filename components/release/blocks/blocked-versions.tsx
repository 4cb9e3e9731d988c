"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { UnblockVersion, VersionBlock } from "#server/release/endpoints/blocks/contract.ts";
import { describeBlock } from "./block-text.ts";
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
export function BlockedVersions(props: BlockedVersionsProps) {
  const { endpoint, blocks, why } = props;
  const refresh = useRefresh();
  const [chosen, setChosen] = useState<VersionBlock>();
  if (blocks.length === 0) return null;

  async function unblock(reason: string): Promise<string | undefined> {
    if (!chosen) return undefined;
    const { model, version } = chosen;
    const result = await props.unblock({ endpointId: endpoint.id, model, version, reason });
    if (!result.ok) return result.error ?? "Could not unblock the version.";
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
                {block.model} v{block.version}
              </strong>{" "}
              <span className={classes.why}>
                <StatusShape state="missed" /> {describeBlock(block)}
              </span>{" "}
              <span className="lw-muted">
                {block.blockedBy} rolled back from it <RelativeTime at={block.blockedAt} />
              </span>
            </span>
            <span className={classes.buttons}>
              <Button
                variant="default"
                size="compact-sm"
                disabled={Boolean(why)}
                title={why}
                onClick={() => setChosen(block)}
              >
                Unblock…
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <ConfirmWithReason
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        reasons={["Fixed elsewhere", "Not the cause"]}
        title={`Unblock ${chosen?.model} v${chosen?.version} on ${endpoint.name}?`}
        consequences={[
          { label: "Allows", value: "deploying this version here, and rolling it out" },
          { label: "Keeps", value: "the deployed version; unblocking deploys nothing" },
          { label: "Undo", value: "roll back again, which blocks the version" },
        ]}
        confirmLabel="Unblock"
        cancelLabel="Keep blocked"
        actorName={props.actorName}
        onConfirm={unblock}
      />
    </>
  );
}
