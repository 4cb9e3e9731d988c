"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type SubmitEvent, useRef } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { useAction } from "#components/ui/use-action.ts";
import { type AddAction, actionKinds } from "#server/respond/incidents/actions/contract.ts";
import classes from "./incidents.module.css";

interface ActionFormProps {
  number: number;
  people: readonly { id: string; name: string }[];
  add: (input: AddAction) => Promise<ActionState<unknown>>;
}

const kindLabels = {
  prevent: "Prevent recurrence",
  detect: "Detect earlier",
  mitigate: "Mitigate faster",
};

/** Adds an action with owner and due date. */
export function ActionForm({ number, people, add }: ActionFormProps) {
  const refresh = useRefresh();
  const form = useRef<HTMLFormElement>(null);
  const { state, busy, run } = useAction(add);
  const complaints = state.fieldErrors ?? {};
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const text = (name: string) => String(values.get(name) ?? "").trim();
    const input = {
      number,
      title: text("title"),
      kind: text("kind") as AddAction["kind"],
      ownerId: text("ownerId") || null,
      dueOn: text("dueOn") || null,
      issueUrl: text("issueUrl") || null,
    };
    run(input, () => {
      form.current?.reset();
      void refresh();
    });
  }
  return (
    <form className={classes.row} onSubmit={submit} ref={form}>
      <TextInput
        label="Action"
        name="title"
        maxLength={500}
        error={complaints.title ?? (state.fieldErrors ? undefined : state.error)}
      />
      <NativeSelect
        label="Reason"
        name="kind"
        data={actionKinds.map((value) => ({ value, label: kindLabels[value] }))}
        error={complaints.kind}
      />
      <NativeSelect
        label="Owner"
        name="ownerId"
        data={[{ value: "", label: "Unassigned" }, ...people.map(({ id, name }) => ({ value: id, label: name }))]}
        error={complaints.ownerId}
      />
      <TextInput label="Due" name="dueOn" type="date" error={complaints.dueOn} />
      <TextInput label="Issue" name="issueUrl" type="url" placeholder="https://…" error={complaints.issueUrl} />
      <Button type="submit" variant="default" aria-disabled={busy}>
        {busy ? "Adding…" : "Add"}
      </Button>
    </form>
  );
}
