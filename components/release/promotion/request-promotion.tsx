"use client";

import { Button, Select } from "@mantine/core";
import { IconArrowUpRight } from "@tabler/icons-react";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RequestPromotion as Input } from "#server/release/promotion/contract.ts";
import { requestConsequences } from "./request-text.ts";

interface RequestPromotionProps {
  modelName: string;
  version: number;
  /** Aliases that can be requested, with the version that each points to; the first one is preselected. */
  aliases: { alias: string; version: number | undefined }[];
  actorName: string;
  /** Metadata that the policy requires and this version lacks. */
  missing: string[];
  request: (input: Input) => Promise<ActionState>;
  /** Reason why it is disabled: "needs the role member". */
  why?: string | undefined;
}

/** Requests that an alias be pointed to this version; someone else decides. */
export function RequestPromotion(props: RequestPromotionProps) {
  const { modelName, version, aliases, actorName, missing, request, why } = props;
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [alias, setAlias] = useState(aliases[0]?.alias ?? "champion");
  const before = aliases.find((each) => each.alias === alias)?.version;

  async function confirm(reason: string): Promise<string | undefined> {
    const result = await request({ name: modelName, version, alias, reason });
    if (!result.ok) return result.error ?? result.fieldErrors?.alias ?? "Could not request the promotion.";
    toast.done(`Requested ${alias} for v${version}. Its gates are running.`);
    refresh();
    return undefined;
  }
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconArrowUpRight size={13} stroke={1.8} aria-hidden="true" />}
        disabled={why !== undefined}
        onClick={() => setOpened(true)}
      >
        Request promotion…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Request ${alias} for ${modelName} v${version}?`}
        evidence={missing.length > 0 ? `Required metadata is missing: ${missing.join(", ")}.` : undefined}
        consequences={requestConsequences({ modelName, version, alias, before })}
        reasons={["Higher quality", "Lower latency", "Bug fix"]}
        confirmLabel={`Request ${alias}`}
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={confirm}
      >
        {aliases.length > 1 && (
          <Select
            label="Alias"
            value={alias}
            onChange={(value) => setAlias(value ?? alias)}
            allowDeselect={false}
            data={aliases.map((each) => ({
              value: each.alias,
              label: each.version === undefined ? each.alias : `${each.alias}, now v${each.version}`,
            }))}
          />
        )}
      </ConfirmWithReason>
    </>
  );
}
