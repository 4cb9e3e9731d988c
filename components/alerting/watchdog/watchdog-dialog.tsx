"use client";

import { Button, Modal, Select } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SetWatchdog, Watchdog } from "#server/alerting/watchdog/contract.ts";
import { intervals, intervalText } from "./intervals.ts";

interface WatchdogDialogProps {
  watchdog: Watchdog;
  /** Receivers to choose from. */
  receivers: readonly { id: string; name: string }[];
  action: (input: SetWatchdog) => Promise<ActionState<Watchdog>>;
}

/** Renders the button and the dialog that set or disable the watchdog. */
export function WatchdogDialog({ watchdog, receivers, action }: WatchdogDialogProps) {
  const [opened, setOpened] = useState(false);
  const [receiverId, setReceiverId] = useState(watchdog.receiver?.id ?? null);
  const [seconds, setSeconds] = useState(watchdog.intervalSeconds);
  const { state, busy, run } = useAction(action);
  const choices = [...new Set([...intervals, watchdog.intervalSeconds])].sort((a, b) => a - b);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ receiverId, intervalSeconds: seconds }, () => {
      setOpened(false);
      toast.done(receiverId === null ? "Watchdog disabled." : "Watchdog saved.");
    });
  }
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {watchdog.receiver ? "Edit watchdog…" : "Set up watchdog…"}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Watchdog" size={480} yOffset="6vh">
        <form className={dialog.body} onSubmit={submit}>
          <FormProblem state={state} />
          <Select
            label="Receiver"
            description="Use a receiver with a single webhook, to the external switch."
            placeholder="None: disabled"
            data={receivers.map(({ id, name }) => ({ value: id, label: name }))}
            value={receiverId}
            onChange={setReceiverId}
            clearable
            error={state.fieldErrors?.receiverId}
            data-autofocus
          />
          <Select
            label="Interval"
            data={choices.map((one) => ({ value: String(one), label: `every ${intervalText(one)}` }))}
            value={String(seconds)}
            onChange={(value) => setSeconds(Number(value))}
            allowDeselect={false}
            error={state.fieldErrors?.intervalSeconds}
          />
          <div className={dialog.buttons}>
            <Button type="submit" aria-disabled={busy}>
              {busy ? "Saving…" : "Save"}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
