"use client";

import { ActionIcon, Button, Checkbox, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { FieldTable } from "#components/ui/field-table.tsx";
import { featureTypes } from "#server/develop/features/contract.ts";
import { type Complaints, type FeatureDraft, newFeature } from "./view-draft.ts";
import classes from "./view-form.module.css";

interface FeatureRowsProps {
  features: FeatureDraft[];
  complaints: Complaints;
  onChange: (features: FeatureDraft[]) => void;
}

const heads = ["Feature", "Type", "Nullable", "Min", "Max", "Allowed values"];

/** Renders the features of a view with their rules as fields. */
export function FeatureRows({ features, complaints, onChange }: FeatureRowsProps) {
  const change = (next: FeatureDraft) => onChange(features.map((one) => (one.key === next.key ? next : one)));
  return (
    <>
      <FieldTable label="Features" heads={heads} flush>
        {features.map((feature, place) => (
          <FeatureRow
            feature={feature}
            complaints={complaints}
            error={complaints[`features.${place}.name`] ?? complaints[`features.${place}.rules`]}
            onChange={change}
            onRemove={() => onChange(features.filter(({ key }) => key !== feature.key))}
            key={feature.key}
          />
        ))}
      </FieldTable>
      <div className={classes.add}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
          onClick={() => onChange([...features, newFeature()])}
        >
          Add feature
        </Button>
      </div>
    </>
  );
}

interface FeatureRowProps {
  feature: FeatureDraft;
  complaints: Complaints;
  error: string | undefined;
  onChange: (feature: FeatureDraft) => void;
  onRemove: () => void;
}

function FeatureRow({ feature, complaints, error, onChange, onRemove }: FeatureRowProps) {
  const named = (what: string) => `${feature.name || "New feature"}, ${what}`;
  const limit = (key: "min" | "max") => (
    <TextInput
      className={classes.number}
      aria-label={named(key)}
      inputMode="decimal"
      value={feature[key]}
      error={complaints[`feature ${feature.key} ${key}`]}
      onChange={(event) => onChange({ ...feature, [key]: event.currentTarget.value })}
    />
  );
  return (
    <tr>
      <td>
        <TextInput
          className={classes.name}
          aria-label={named("name")}
          value={feature.name}
          error={error}
          onChange={(event) => onChange({ ...feature, name: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
      </td>
      <td>
        <NativeSelect
          className={classes.type}
          aria-label={named("type")}
          data={[...featureTypes]}
          value={feature.type}
          onChange={(event) => onChange({ ...feature, type: event.currentTarget.value as FeatureDraft["type"] })}
        />
      </td>
      <td>
        <Checkbox
          aria-label={named("nullable")}
          checked={feature.isNullable}
          onChange={(event) => onChange({ ...feature, isNullable: event.currentTarget.checked })}
        />
      </td>
      <td>{limit("min")}</td>
      <td>{limit("max")}</td>
      <td>
        <TagsInput
          className={classes.levels}
          aria-label={named("allowed values")}
          placeholder={feature.levels.length === 0 ? "any" : ""}
          value={feature.levels}
          onChange={(levels) => onChange({ ...feature, levels })}
        />
      </td>
      <td>
        <ActionIcon variant="subtle" aria-label={`Remove ${feature.name || "the new feature"}`} onClick={onRemove}>
          <IconX size={15} stroke={1.8} />
        </ActionIcon>
      </td>
    </tr>
  );
}
