"use client";

import { Checkbox, Select, Stack } from "@mantine/core";
import type { FoldChoices } from "#server/respond/incidents/folding/contract.ts";

interface MergeFieldProps {
  others: FoldChoices["others"];
  /** Number of the chosen incident as text; null for none. */
  value: string | null;
  onChange: (value: string | null) => void;
}

/** Renders the choice of the incident into which another one is merged. */
export function MergeField({ others, value, onChange }: MergeFieldProps) {
  return (
    <Select
      label="Merge into"
      data={others.map(({ number, title }) => ({ value: String(number), label: `INC-${number} · ${title}` }))}
      value={value}
      onChange={onChange}
      searchable
      placeholder="Number or title"
      nothingFoundMessage="No matching open incident"
    />
  );
}

interface SplitFieldProps {
  groups: FoldChoices["groups"];
  value: string[];
  onChange: (value: string[]) => void;
}

/** Renders the choice of the alert groups that are split off an incident. */
export function SplitField({ groups, value, onChange }: SplitFieldProps) {
  return (
    <Checkbox.Group label="Alerts to split off" value={value} onChange={onChange}>
      <Stack gap={6} mt={6}>
        {groups.map(({ id, title, isFiring, from }) => (
          <Checkbox
            key={id}
            value={id}
            label={title}
            description={[isFiring ? "Firing" : "Not firing", ...(from === null ? [] : [`from INC-${from}`])].join(
              ", ",
            )}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
