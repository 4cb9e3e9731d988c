"use client";

import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useState } from "react";
import { useFreeKey } from "#components/alerting/alerts/use-free-key.ts";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { AcknowledgeGroup, AlertGroup, UnacknowledgeGroup } from "#server/alerting/alerts/contract.ts";

const hourMs = 3_600_000;
const ends = [
  { value: "", label: "Default: 2 h for a page, 3 days for a ticket" },
  { value: "1", label: "1 h" },
  { value: "4", label: "4 h" },
  { value: "12", label: "12 h" },
  { value: "72", label: "3 days" },
];

interface TakeGroupProps {
  group: AlertGroup;
  take: (input: AcknowledgeGroup) => Promise<ActionState<unknown>>;
  unacknowledge: (input: UnacknowledgeGroup) => Promise<ActionState<unknown>>;
}

/** Renders the button that acknowledges a group, which stops repeats and escalation, or unacknowledges it. Key A. */
export function TakeGroup({ group, take, unacknowledge }: TakeGroupProps) {
  const [opened, setOpened] = useState(false);
  const refresh = useRefresh();
  const back = useAction(unacknowledge);
  const isOpen = group.acknowledgement === null && group.state !== "resolved";
  useFreeKey((key) => {
    if (key === "a" && isOpen) setOpened(true);
  });
  if (group.state === "resolved") return null;
  if (group.acknowledgement) {
    return (
      <>
        {back.state.error && <span role="alert">{back.state.error}</span>}
        <Button
          variant="default"
          aria-disabled={back.busy}
          onClick={() =>
            back.run({ groupId: group.id }, () => {
              toast.done("Unacknowledged. Notifications and escalation resume.");
              void refresh();
            })
          }
        >
          Unacknowledge
        </Button>
      </>
    );
  }
  return (
    <>
      <Button onClick={() => setOpened(true)} rightSection={<Keys keys={["A"]} />}>
        Acknowledge…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Acknowledge" size={480} yOffset="10vh">
        <TakeForm
          groupId={group.id}
          take={take}
          onDone={() => {
            setOpened(false);
            toast.done("Acknowledged. Repeat notifications and escalation stop; new alerts still notify.");
            void refresh();
          }}
        />
      </Modal>
    </>
  );
}

function TakeForm({ groupId, take, onDone }: Pick<TakeGroupProps, "take"> & { groupId: string; onDone: () => void }) {
  const { state, busy, run } = useAction(take);
  const [note, setNote] = useState("");
  const [hours, setHours] = useState("");
  return (
    <form
      className={dialog.body}
      onSubmit={(event) => {
        event.preventDefault();
        const until = hours ? { until: new Date(Date.now() + Number(hours) * hourMs) } : {};
        run({ groupId, note, ...until }, onDone);
      }}
    >
      <FormProblem state={state} />
      <p>
        Shows others that someone is working on this: repeat notifications and escalation stop for the alerts firing
        now. New alerts, resolutions and a higher severity still notify.
      </p>
      <Textarea
        label="Note"
        description="Visible to others in triage."
        rows={2}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        error={state.fieldErrors?.note}
        data-autofocus
      />
      <NativeSelect
        label="Until"
        data={ends}
        value={hours}
        onChange={(event) => setHours(event.currentTarget.value)}
        error={state.fieldErrors?.until}
      />
      <div className={dialog.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Acknowledging…" : "Acknowledge"}
        </Button>
      </div>
    </form>
  );
}
