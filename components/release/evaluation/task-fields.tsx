import { Select, TextInput } from "@mantine/core";
import type { DatasetVersion } from "#server/develop/datasets/contract.ts";
import type { SetDraft } from "./set-draft.ts";

interface TaskFieldsProps {
  draft: SetDraft;
  set: (change: Partial<SetDraft>) => void;
  profile: NonNullable<DatasetVersion["profile"]>;
}

type TextOf = { [Key in keyof SetDraft]: SetDraft[Key] extends string ? Key : never }[keyof SetDraft];

/** Renders the fields that only one kind of task has. */
export function TaskFields({ draft, set, profile }: TaskFieldsProps) {
  const columns = profile.map(({ name }) => name);
  const levels = profile.find(({ name }) => name === draft.label)?.levels?.map(({ value }) => value) ?? [];
  const column = (field: TextOf, label: string, isRequired = false) => (
    <Select
      label={label}
      placeholder={isRequired ? "" : "none"}
      data={columns}
      value={draft[field] || null}
      onChange={(next) => set({ [field]: next ?? "" })}
      searchable
      clearable={!isRequired}
    />
  );
  const number = (field: TextOf, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      inputMode="decimal"
      value={draft[field]}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  );
  switch (draft.kind) {
    case "classification":
      return levels.length === 2 ? (
        <Select
          label="Positive class"
          description="of two classes"
          placeholder="the last by name"
          data={levels}
          value={draft.positive || null}
          onChange={(next) => set({ positive: next ?? "" })}
          clearable
        />
      ) : null;
    case "multilabel":
      return number("threshold", "Threshold", "minimum score to predict a class; defaults to 0.5");
    case "boxes":
      return (
        <>
          {number("overlap", "Overlap", "from which a predicted box is an actual one; 0.5 by default")}
          {number("confidence", "Confidence", "from which on a box counts; 0.5 by default")}
        </>
      );
    case "spans":
      return column("offsets", "Column of token limits");
    case "forecast":
      return (
        <>
          {column("horizon", "Horizon column")}
          {column("series", "Series column")}
        </>
      );
    case "ranking":
      return (
        <>
          {column("list", "List column", true)}
          {number("at", "Top k items", "number of items from the top of each list")}
        </>
      );
    case "anomaly":
      return (
        <>
          {column("machine", "Machine column")}
          {number("threshold", "Threshold", "minimum score to raise an alarm")}
          {number("before", "Steps before", "how early an alarm may precede an event")}
        </>
      );
    default:
      return null;
  }
}
