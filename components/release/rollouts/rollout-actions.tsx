"use client";

import { Button } from "@mantine/core";
import {
  IconArrowBackUp,
  IconCheck,
  IconLockOpen,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
} from "@tabler/icons-react";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ActOnRollout, Rollout } from "#server/serve/rollout/contract.ts";
import { type Act, actionsOf, dialogOf } from "./act-text.ts";

type ActOn = Record<Act, (input: ActOnRollout) => Promise<ActionState<unknown>>>;

interface RolloutActionsProps {
  rollout: Rollout;
  act: ActOn;
  actorName: string;
  /** Reason why the user may not act. */
  why?: string | undefined;
}

const icons: Record<Act, typeof IconCheck> = {
  pause: IconPlayerPause,
  resume: IconPlayerPlay,
  approve: IconCheck,
  skip: IconPlayerTrackNext,
  override: IconLockOpen,
  "roll-back": IconArrowBackUp,
};

/** Buttons for pause, resume, approve, skip and roll back: each asks for a reason and shows the evidence for and against. Keys P and R. */
export function RolloutActions({ rollout, act, actorName, why }: RolloutActionsProps) {
  const refresh = useRefresh();
  const [opened, setOpened] = useState<Act>();
  const choices = why ? [] : actionsOf(rollout);
  const named = choices.map(({ act, label }) => `${act} ${label}`).join("|");
  const open = useEffectEvent((key: string) => {
    const choice = choices.find((each) => each.key?.toLowerCase() === key);
    if (choice) setOpened(choice.act);
    return choice !== undefined;
  });
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.shiftKey || !keysAreFree(event) || !open(event.key.toLowerCase())) return;
      event.preventDefault();
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  usePaletteActions(
    // biome-ignore lint/correctness/useExhaustiveDependencies: the names say when the choices are others
    useMemo(
      () =>
        choices.map(({ act, label, key }) => ({
          id: act,
          label,
          onRun: () => setOpened(act),
          ...(key && { keys: [key] }),
        })),
      [named],
    ),
  );
  const dialog = opened && dialogOf(opened, rollout);

  async function confirm(reason: string): Promise<string | undefined> {
    if (!opened || !dialog) return undefined;
    // A rollback is valid despite concurrent changes, so it sends no revision; only a finished rollout rejects it.
    const seen = opened === "roll-back" ? {} : { revision: rollout.revision };
    const prediction = await act[opened]({ rolloutId: rollout.id, reason, ...seen });
    if (!prediction.ok)
      return prediction.error ?? Object.values(prediction.fieldErrors ?? {})[0] ?? "The change was not saved.";
    toast.done(dialog.done);
    void refresh();
    return undefined;
  }

  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      {choices.map(({ act, label, key, isPrimary }) => {
        const Icon = icons[act];
        return (
          <Button
            {...(isPrimary ? {} : { variant: "default" })}
            data-danger={act === "roll-back" || undefined}
            leftSection={<Icon size={15} stroke={1.8} aria-hidden="true" />}
            rightSection={key && <Keys keys={[key]} />}
            onClick={() => setOpened(act)}
            key={act}
          >
            {label}
          </Button>
        );
      })}
      {dialog && (
        <ConfirmWithReason
          {...dialog}
          opened
          onClose={() => setOpened(undefined)}
          actorName={actorName}
          onConfirm={confirm}
        />
      )}
    </>
  );
}
