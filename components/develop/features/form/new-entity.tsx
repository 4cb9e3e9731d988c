"use client";

import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { useAction } from "#components/ui/use-action.ts";
import type { DefineFeatureEntity, KeyType } from "#server/develop/features/contract.ts";
import { InlineFields } from "./inline-fields.tsx";
import type { EntityChoice } from "./view-draft.ts";

const keyTypes: KeyType[] = ["int64", "string", "int32", "timestamp", "bool", "bytes"];

interface NewEntityProps {
  save: (input: DefineFeatureEntity) => Promise<ActionState<EntityChoice>>;
  onDone: (entity: EntityChoice) => void;
  onCancel: () => void;
}

/** Renders the fields of a new entity within the form of a view. */
export function NewEntity({ save, onDone, onCancel }: NewEntityProps) {
  const [name, setName] = useState("");
  const [joinKey, setJoinKey] = useState("");
  const [type, setType] = useState<KeyType>("int64");
  const { state, busy, run } = useAction(save);
  const complaints = state.fieldErrors ?? {};
  const suggested = joinKey || (name && `${name}_id`);
  const submit = () => run({ name, joinKey: suggested, type }, onDone);
  return (
    <InlineFields
      label="New entity"
      state={state}
      busy={busy}
      action="Create entity"
      onSubmit={submit}
      onCancel={onCancel}
    >
      <TextInput
        label="Entity"
        placeholder="driver"
        value={name}
        error={complaints.name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        label="Join key"
        placeholder={suggested || "driver_id"}
        value={joinKey}
        error={complaints.joinKey}
        onChange={(event) => setJoinKey(event.currentTarget.value)}
        autoComplete="off"
      />
      <NativeSelect
        label="Type"
        data={keyTypes}
        value={type}
        onChange={(event) => setType(event.currentTarget.value as KeyType)}
      />
    </InlineFields>
  );
}
