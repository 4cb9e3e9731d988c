"use client";

import { ActionIcon, Checkbox, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ColumnRule } from "#server/develop/datasets/rules/contract.ts";
import classes from "./contract-editor.module.css";
import type { RuleDraft } from "./rule-draft.ts";

const types: { value: string; label: string }[] = [
  { value: "", label: "any" },
  { value: "integer", label: "integer" },
  { value: "number", label: "number" },
  { value: "boolean", label: "boolean" },
  { value: "time", label: "time" },
  { value: "text", label: "text" },
];

/** Heads of the columns of a rule. */
export const ruleHeads = [
  "Column",
  "Required",
  "Type",
  "Nullable",
  "Min",
  "Max",
  "Allowed values",
  "Pattern",
  "Unique",
];

interface RuleRowProps {
  draft: RuleDraft;
  complaint: string | undefined;
  onChange: (draft: RuleDraft) => void;
  onRemove: () => void;
  disabled: boolean;
}

/** Renders one rule as fields. */
export function RuleRow({ draft, complaint, onChange, onRemove, disabled }: RuleRowProps) {
  const named = (what: string) => `${draft.column || "New column"}, ${what}`;
  const flag = (key: "required" | "nullable" | "unique", what: string) => (
    <Checkbox
      aria-label={named(what)}
      checked={draft[key]}
      disabled={disabled}
      onChange={(event) => onChange({ ...draft, [key]: event.currentTarget.checked })}
    />
  );
  const limit = (key: "min" | "max", what: string) => (
    <TextInput
      className={classes.limit}
      aria-label={named(what)}
      inputMode="decimal"
      value={draft[key]}
      disabled={disabled}
      onChange={(event) => onChange({ ...draft, [key]: event.currentTarget.value })}
    />
  );
  return (
    <tr>
      <td>
        <TextInput
          className={classes.column}
          aria-label={named("name")}
          value={draft.column}
          disabled={disabled}
          error={complaint}
          onChange={(event) => onChange({ ...draft, column: event.currentTarget.value })}
        />
      </td>
      <td>{flag("required", "required")}</td>
      <td>
        <NativeSelect
          className={classes.type}
          aria-label={named("type")}
          data={types}
          value={draft.type ?? ""}
          disabled={disabled}
          onChange={(event) => onChange({ ...draft, type: (event.currentTarget.value || null) as ColumnRule["type"] })}
        />
      </td>
      <td>{flag("nullable", "nullable")}</td>
      <td>{limit("min", "min")}</td>
      <td>{limit("max", "max")}</td>
      <td>
        <TagsInput
          className={classes.levels}
          aria-label={named("allowed values")}
          placeholder={draft.levels.length === 0 ? "any value" : undefined}
          value={draft.levels}
          disabled={disabled}
          onChange={(levels) => onChange({ ...draft, levels })}
        />
      </td>
      <td>
        <TextInput
          className={classes.pattern}
          aria-label={named("pattern")}
          placeholder="any"
          value={draft.pattern}
          disabled={disabled}
          onChange={(event) => onChange({ ...draft, pattern: event.currentTarget.value })}
        />
      </td>
      <td>{flag("unique", "unique")}</td>
      <td>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Remove the rule for ${draft.column || "the new column"}`}
          disabled={disabled}
          onClick={onRemove}
        >
          <IconX size={15} stroke={1.8} aria-hidden="true" />
        </ActionIcon>
      </td>
    </tr>
  );
}
