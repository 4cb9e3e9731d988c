"use client";

import { Autocomplete, Button } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import {
  type CreateReceiver,
  type Receiver,
  type UpdateReceiver,
  usualReceivers,
} from "#server/alerting/notifications/contract.ts";
import { type ChannelDraft, draftOf, newDraft, toChannel } from "./channel-draft.ts";
import { ChannelFields } from "./channel-fields.tsx";

interface ReceiverFormProps {
  /** Receiver to edit; without it, the form creates a new one. Routes refer to the name, which therefore cannot change. */
  receiver?: Receiver;
  /** Proposed for a new one. */
  name?: string;
  create?: (input: CreateReceiver) => Promise<ActionState<Receiver>>;
  update?: (input: UpdateReceiver) => Promise<ActionState<Receiver>>;
  onDone: (receiver: Receiver) => void;
}

/** Renders the name and channels of a receiver as a form. */
export function ReceiverForm({ receiver, name: proposed = "", create, update, onDone }: ReceiverFormProps) {
  const [name, setName] = useState(proposed);
  const [drafts, setDrafts] = useState<ChannelDraft[]>(receiver ? receiver.channels.map(draftOf) : [newDraft()]);
  const { state, busy, run } = useAction(async () => {
    const channels = drafts.map(toChannel);
    if (receiver && update) return update({ receiverId: receiver.id, channels });
    return create ? create({ name, channels }) : { ok: false };
  });
  const complaints = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(undefined, onDone);
  }
  const change = (key: string, to: ChannelDraft) => setDrafts(drafts.map((draft) => (draft.key === key ? to : draft)));
  return (
    <form className={dialog.body} onSubmit={submit}>
      <FormProblem state={state} />
      {!receiver && (
        <Autocomplete
          label="Name"
          description="Routes refer to it by this name. Every workspace starts with routes to the receivers on-call (pages) and tickets."
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={[...usualReceivers]}
          value={name}
          onChange={setName}
          error={complaints.name}
          data-autofocus
        />
      )}
      {drafts.map((draft, index) => (
        <ChannelFields
          key={draft.key}
          draft={draft}
          index={index}
          complaints={complaints}
          onChange={(to) => change(draft.key, to)}
          onRemove={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
        />
      ))}
      <div className={dialog.buttons}>
        <Button variant="default" onClick={() => setDrafts([...drafts, newDraft()])}>
          Add channel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : receiver ? "Save" : "Create receiver"}
        </Button>
      </div>
    </form>
  );
}
