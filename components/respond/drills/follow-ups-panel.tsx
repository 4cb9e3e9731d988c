"use client";

import { Button, Checkbox, Modal, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { FollowUp } from "#server/respond/drills/contract.ts";
import type { AddFollowUp, FinishFollowUp } from "#server/respond/drills/follow-ups/contract.ts";
import classes from "./drills.module.css";

interface FollowUpsPanelProps {
  number: number;
  followUps: readonly FollowUp[];
  people: readonly { id: string; name: string }[];
  add: (input: AddFollowUp) => Promise<ActionState<unknown>>;
  finish: (input: FinishFollowUp) => Promise<ActionState<unknown>>;
  /** Reason why this user may not edit follow-ups. */
  why: string | undefined;
  /** When the game day is repeated. */
  foot?: string | undefined;
}

/** Lists what a game day showed to be missing, until someone has done it. */
export function FollowUpsPanel({ number, followUps, people, add, finish, why, foot }: FollowUpsPanelProps) {
  const [isOpen, setOpen] = useState(false);
  const open = followUps.filter(({ doneAt }) => doneAt === null).length;
  return (
    <Panel
      title="Follow-ups"
      subtitle={followUps.length > 0 && `${open} open`}
      right={
        <Button
          variant="default"
          size="xs"
          data-print="off"
          disabled={why !== undefined}
          title={why}
          onClick={() => setOpen(true)}
          leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
        >
          Add…
        </Button>
      }
      flush
    >
      {followUps.length === 0 ? (
        <EmptyState title="No follow-ups yet">
          Add what was missing, such as a route, a fallback or a runbook step.
        </EmptyState>
      ) : (
        <ul className={classes.followUps} aria-label="Follow-ups">
          {followUps.map((followUp) => (
            <li key={followUp.id}>
              <FollowUpLine number={number} followUp={followUp} finish={finish} why={why} />
            </li>
          ))}
        </ul>
      )}
      {foot && <p className={classes.foot}>{foot}</p>}
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Add follow-up" size={480} yOffset="14vh">
        <AddForm number={number} people={people} add={add} onClose={() => setOpen(false)} />
      </Modal>
    </Panel>
  );
}

interface FollowUpLineProps extends Pick<FollowUpsPanelProps, "number" | "finish" | "why"> {
  followUp: FollowUp;
}

function FollowUpLine({ number, followUp: { id, words, owner, dueOn, doneAt }, finish, why }: FollowUpLineProps) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(finish);
  const facts = [owner?.name, doneAt !== null ? "done" : dueOn && `due ${dueOn}`].filter(Boolean).join(", ");
  return (
    <>
      <Checkbox
        label={words}
        description={facts || undefined}
        checked={doneAt !== null}
        disabled={why !== undefined || busy}
        title={why}
        onChange={(event) =>
          run({ number, id, isDone: event.currentTarget.checked }, () => {
            toast.done(doneAt === null ? "Follow-up completed." : "Follow-up reopened.");
            void refresh();
          })
        }
      />
      {state.error && <span role="alert">{state.error}</span>}
    </>
  );
}

function AddForm({
  number,
  people,
  add,
  onClose,
}: Pick<FollowUpsPanelProps, "number" | "people" | "add"> & {
  onClose: () => void;
}) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(add);
  const complaints = state.fieldErrors ?? {};
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const text = (name: string) => String(values.get(name) ?? "").trim();
    const input = { number, words: text("words"), ownerId: text("ownerId") || null, dueOn: text("dueOn") || null };
    run(input, () => {
      onClose();
      toast.done("Follow-up added.");
      void refresh();
    });
  }
  return (
    <form className={dialog.body} onSubmit={submit}>
      <TextInput
        label="Follow-up"
        name="words"
        placeholder="Route pages of this endpoint to its team"
        maxLength={500}
        autoComplete="off"
        data-autofocus
        error={complaints.words ?? (state.fieldErrors ? undefined : state.error)}
      />
      <NativeSelect
        label="Owner"
        name="ownerId"
        data={[{ value: "", label: "Unassigned" }, ...people.map(({ id, name }) => ({ value: id, label: name }))]}
        error={complaints.ownerId}
      />
      <TextInput label="Due" name="dueOn" type="date" error={complaints.dueOn} />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          Add follow-up
        </Button>
      </div>
    </form>
  );
}
