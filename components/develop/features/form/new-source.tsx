"use client";

import { Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { DefineViewSource } from "#server/develop/features/contract.ts";
import { InlineFields } from "./inline-fields.tsx";

interface NewSourceProps {
  save: (input: DefineViewSource) => Promise<ActionState<{ name: string }>>;
  onDone: (name: string) => void;
  onCancel: () => void;
}

/** Renders the fields of a new push source within the form of a view. */
export function NewSource({ save, onDone, onCancel }: NewSourceProps) {
  const [name, setName] = useState("");
  const [eventColumn, setEventColumn] = useState("event_timestamp");
  const [hasCreated, setHasCreated] = useState(false);
  const { state, busy, run } = useAction(save);
  const complaints = state.fieldErrors ?? {};
  const submit = () =>
    run(
      { name, kind: "push", eventTimeColumn: eventColumn, createdTimeColumn: hasCreated ? "created" : null },
      (source) => onDone(source.name),
    );
  return (
    <InlineFields
      label="New push source"
      state={state}
      busy={busy}
      action="Create source"
      onSubmit={submit}
      onCancel={onCancel}
    >
      <TextInput
        label="Push source"
        placeholder="driver_push"
        value={name}
        error={complaints.name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        label="Event time column"
        value={eventColumn}
        error={complaints.eventTimeColumn}
        onChange={(event) => setEventColumn(event.currentTarget.value)}
        autoComplete="off"
      />
      <Checkbox
        label="Rows have a column “created”"
        checked={hasCreated}
        onChange={(event) => setHasCreated(event.currentTarget.checked)}
      />
    </InlineFields>
  );
}
