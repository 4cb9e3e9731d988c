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
  /** Where a version can be chosen despite its block: called with the reason for it. */
  onChoose?: ((block: VersionBlock, reason: string) => void) | undefined;
}

/** Lists the versions that an endpoint was rolled back from, each with the button that unblocks it, or chooses it anyway. */
export function BlockedVersions(props: BlockedVersionsProps) {
  const { endpoint, blocks, why, onChoose } = props;
  const refresh = useRefresh();
  const [asked, setAsked] = useState<{ block: VersionBlock; act: "unblock" | "choose" }>();
  if (blocks.length === 0) return null;
  const { block: chosen, act } = asked ?? {};

  async function unblock(reason: string): Promise<string | undefined> {
    if (!chosen) return undefined;
    const { model, version } = chosen;
    const result = await props.unblock({ endpointId: endpoint.id, model, version, reason });
    if (!result.ok) return result.error ?? "The version was not unblocked.";
    toast.done(`${model} v${version} unblocked.`);
    refresh();
    return undefined;
  }

  async function choose(reason: string): Promise<undefined> {
    if (chosen) onChoose?.(chosen, reason);
  }

  const dialog = { onClose: () => setAsked(undefined), reasons: ["Fixed elsewhere", "Not the cause"] };
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
              {onChoose && (
                <Button
                  variant="default"
                  size="compact-sm"
                  disabled={Boolean(why)}
                  title={why}
                  onClick={() => setAsked({ block, act: "choose" })}
                >
                  Choose anyway…
                </Button>
              )}
              <Button
                variant="default"
                size="compact-sm"
                disabled={Boolean(why)}
                title={why}
                onClick={() => setAsked({ block, act: "unblock" })}
              >
                Unblock…
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <ConfirmWithReason
        {...dialog}
        opened={act === "unblock"}
        title={`Unblock ${chosen?.model} v${chosen?.version} on ${endpoint.name}?`}
        consequences={[
          { label: "Allows", value: "deploying this version here, and rolling it out" },
          { label: "Keeps", value: "what serves now; unblocking deploys nothing" },
          { label: "Undo", value: "the next rollback blocks the version again" },
        ]}
        confirmLabel="Unblock"
        cancelLabel="Keep blocked"
        actorName={props.actorName}
        onConfirm={unblock}
      />
      <ConfirmWithReason
        {...dialog}
        opened={act === "choose"}
        title={`Choose ${chosen?.model} v${chosen?.version} although it is blocked on ${endpoint.name}?`}
        evidence={chosen && describeBlock(chosen)}
        consequences={[
          { label: "Now", value: "selects the version in this form, and starts nothing" },
          { label: "At the start", value: "unblocks the version here; the reason is recorded" },
          { label: "Undo", value: "choose another version before you start" },
        ]}
        confirmLabel="Choose anyway"
        cancelLabel="Cancel"
        actorName={props.actorName}
        onConfirm={choose}
      />
    </>
  );
}
