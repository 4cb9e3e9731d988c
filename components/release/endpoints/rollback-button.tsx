"use client";

import { Button } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { sameEngine } from "#components/serve/endpoints/same-engine.ts";
import { versionLabel } from "#components/serve/endpoints/version-label.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { DeployAction } from "./deploy-dialog.tsx";
import { deployConsequences } from "./deploy-text.ts";

interface RollbackButtonProps {
  endpoint: { id: string; name: string };
  current: Deployment;
  /** Newest deployment of another version that is not blocked. */
  previous: Deployment;
  deploy: DeployAction;
  actorName: string;
  /** One line for or against it, with numbers. */
  evidence?: string | undefined;
  /** Whether the button names the version: "Roll back to v31…". */
  isNamed?: boolean;
  /** Whether key R and the palette lead to it: only one button on a page has them. */
  hasKey?: boolean;
}

/** Renders the button that deploys a previous version again. */
export function RollbackButton({
  endpoint,
  current,
  previous,
  deploy,
  actorName,
  evidence,
  isNamed = false,
  hasKey = true,
}: RollbackButtonProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const back = versionLabel(previous, current);
  usePaletteActions(
    useMemo(
      () =>
        hasKey
          ? [
              {
                id: "roll-back",
                label: `Roll back ${endpoint.name} to ${back}…`,
                keys: ["R"],
                onRun: () => setOpened(true),
              },
            ]
          : [],
      [endpoint.name, back, hasKey],
    ),
  );
  usePageKeys((key) => {
    if (key !== "r" || !hasKey) return false;
    setOpened(true);
    return true;
  });

  async function confirm(reason: string): Promise<string | undefined> {
    const { modelName: model, version, providers } = previous;
    const engine = previous.engine ? sameEngine(previous.engine) : undefined;
    const result: ActionState<{ endpoint: string }> = await deploy({
      endpointId: endpoint.id,
      endpointName: endpoint.name,
      model,
      version,
      providers,
      engine,
      reason,
      purpose: "rollback",
    });
    if (!result.ok) return result.error ?? "The rollback was not performed.";
    toast.done(`Rolled back to ${back}. ${versionLabel(current, previous)} is blocked on ${endpoint.name}.`);
    refresh();
    return undefined;
  }

  return (
    <>
      <Button
        variant="default"
        data-danger
        leftSection={<IconArrowBackUp size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={hasKey && <Keys keys={["R"]} />}
        onClick={() => setOpened(true)}
      >
        {isNamed ? `Roll back to ${back}…` : "Roll back…"}
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Roll back ${endpoint.name} to ${back}?`}
        evidence={evidence}
        consequences={[
          ...deployConsequences({ endpoint: endpoint.name, before: current, after: previous }),
          { label: "Blocks", value: `${versionLabel(current, previous)} on this endpoint, until someone unblocks it` },
        ]}
        reasons={["Errors", "Latency", "Incorrect predictions"]}
        confirmLabel={`Roll back to ${back}`}
        cancelLabel={`Keep ${versionLabel(current, previous)}`}
        destructive
        actorName={actorName}
        onConfirm={confirm}
      />
    </>
  );
}
