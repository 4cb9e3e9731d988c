"use client";

import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { FieldTable } from "#components/ui/field-table.tsx";
import { featureTypes } from "#server/develop/features/contract.ts";
import { type InputDraft, newInput } from "./view-draft.ts";
import classes from "./view-form.module.css";

/** Renders the values that a look-up has to bring as fields. */
export function InputRows({ inputs, onChange }: { inputs: InputDraft[]; onChange: (inputs: InputDraft[]) => void }) {
  const change = (next: InputDraft) => onChange(inputs.map((one) => (one.key === next.key ? next : one)));
  return (
    <>
      {inputs.length > 0 && (
        <FieldTable label="Request inputs" heads={["Request input", "Type"]} flush>
          {inputs.map((input) => (
            <tr key={input.key}>
              <td>
                <TextInput
                  aria-label={`${input.name || "New input"}, name`}
                  value={input.name}
                  onChange={(event) => change({ ...input, name: event.currentTarget.value })}
                  autoComplete="off"
                  spellCheck={false}
                />
              </td>
              <td>
                <NativeSelect
                  className={classes.type}
                  aria-label={`${input.name || "New input"}, type`}
                  data={[...featureTypes]}
                  value={input.type}
                  onChange={(event) => change({ ...input, type: event.currentTarget.value as InputDraft["type"] })}
                />
              </td>
              <td>
                <ActionIcon
                  variant="subtle"
                  aria-label={`Remove ${input.name || "the new input"}`}
                  onClick={() => onChange(inputs.filter(({ key }) => key !== input.key))}
                >
                  <IconX size={15} stroke={1.8} />
                </ActionIcon>
              </td>
            </tr>
          ))}
        </FieldTable>
      )}
      <div className={classes.add}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
          onClick={() => onChange([...inputs, newInput()])}
        >
          Add request input
        </Button>
      </div>
    </>
  );
}
