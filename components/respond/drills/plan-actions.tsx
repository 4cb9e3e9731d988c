"use client";

import { Button } from "@mantine/core";
import { IconAdjustments, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { editGameDayHref, gameDayName, gameDaysPath } from "./addresses.ts";
import { ConfirmOnce } from "./confirm-once.tsx";

interface PlanActionsProps {
  day: Pick<GameDay, "number" | "faultWords" | "endpoint" | "owner">;
  start: (number: number) => Promise<ActionState<unknown>>;
  discard: (number: number) => Promise<ActionState<unknown>>;
  /** Reasons why each is disabled. */
  whyNoEdit: string | undefined;
  whyNoDiscard: string | undefined;
  whyNoStart: string | undefined;
}

/** Renders what can be done with a planned game day: discard, edit (E) and start it. */
export function PlanActions({ day, start, discard, whyNoEdit, whyNoDiscard, whyNoStart }: PlanActionsProps) {
  const { number, faultWords, endpoint, owner } = day;
  const name = gameDayName(number);
  const router = useRouter();
  const refresh = useRefresh();
  const [asks, setAsks] = useState<"start" | "discard">();
  const starting = useAction(start);
  const discarding = useAction(discard);
  const close = () => setAsks(undefined);
  const ask = (what: "start" | "discard") => {
    starting.reset();
    discarding.reset();
    setAsks(what);
  };
  return (
    <>
      <Button
        variant="default"
        disabled={whyNoDiscard !== undefined}
        title={whyNoDiscard}
        onClick={() => ask("discard")}
        leftSection={<IconTrash size={15} stroke={1.8} aria-hidden="true" />}
      >
        Discard…
      </Button>
      <KeyLink
        href={editGameDayHref(number)}
        letter="E"
        icon={<IconAdjustments size={15} stroke={1.8} aria-hidden="true" />}
        why={whyNoEdit}
      >
        Edit plan…
      </KeyLink>
      <Button
        disabled={whyNoStart !== undefined}
        title={whyNoStart}
        onClick={() => ask("start")}
        leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
      >
        Start now…
      </Button>
      <ConfirmOnce
        opened={asks === "start"}
        onClose={close}
        title={`Start ${name}?`}
        sentence={`${endpoint.name} gets ${faultWords}. ${owner.name} must keep this page open; any member can abort it.`}
        confirmLabel={`Start ${name}`}
        isBusy={starting.busy}
        error={starting.state.error}
        onConfirm={() =>
          starting.run(number, () => {
            close();
            toast.done(`${name} has started.`);
            void refresh();
          })
        }
      />
      <ConfirmOnce
        opened={asks === "discard"}
        onClose={close}
        title={`Discard ${name}?`}
        sentence={`The plan of ${name} is deleted; a repeated game day is not planned again.`}
        confirmLabel="Discard plan"
        isDestructive
        isBusy={discarding.busy}
        error={discarding.state.error}
        onConfirm={() =>
          discarding.run(number, () => {
            toast.done(`${name} is discarded.`);
            router.push(gameDaysPath);
          })
        }
      />
    </>
  );
}
