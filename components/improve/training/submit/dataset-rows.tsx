"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { FieldTable } from "#components/ui/field-table.tsx";
import { formatNewest } from "#components/ui/format.ts";
import type { JobDraft } from "./job-draft.ts";

interface DatasetRowsProps {
  rows: JobDraft["datasets"];
  choices: readonly { id: string; label: string }[];
  /** Versions in the workspace, of which the newest are offered. */
  total: number;
  onChange: (rows: JobDraft["datasets"]) => void;
  error: string | undefined;
  /** What each row lacks. */
  problems: readonly (string | undefined)[];
}

/** Chooses the dataset versions of a job, each with the name that the program knows it by. */
export function DatasetRows({ rows, choices, total, onChange, error, problems }: DatasetRowsProps) {
  const change = (at: number, part: Partial<JobDraft["datasets"][number]>) =>
    onChange(rows.map((row, other) => (other === at ? { ...row, ...part } : row)));
  return (
    <>
      {rows.length > 0 && (
        <FieldTable label="Datasets" heads={["Name in the program", "Version"]}>
          {rows.map(({ name, id }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a dataset that is typed has no identity but its place
            <tr key={at}>
              <td>
                <TextInput
                  aria-label={`Name of dataset ${at + 1}`}
                  value={name}
                  error={name.trim() === "" || id !== "" ? problems[at] : undefined}
                  onChange={(event) => change(at, { name: event.currentTarget.value })}
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={200}
                />
              </td>
              <td>
                <NativeSelect
                  aria-label={`Version of dataset ${at + 1}`}
                  data={[
                    { value: "", label: "choose a version" },
                    ...(id === "" || choices.some((each) => each.id === id)
                      ? []
                      : [{ value: id, label: `an older version, ${id}` }]),
                    ...choices.map((each) => ({ value: each.id, label: each.label })),
                  ]}
                  value={id}
                  error={name.trim() !== "" && id === "" ? problems[at] : undefined}
                  onChange={(event) => change(at, { id: event.currentTarget.value })}
                />
              </td>
              <td>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`Remove dataset ${at + 1}`}
                  onClick={() => onChange(rows.filter((_, other) => other !== at))}
                >
                  <IconTrash size={14} stroke={1.8} aria-hidden="true" />
                </Button>
              </td>
            </tr>
          ))}
        </FieldTable>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
        disabled={choices.length === 0}
        title={choices.length === 0 ? "there is no dataset yet" : undefined}
        onClick={() => onChange([...rows, { name: rows.length === 0 ? "train" : "", id: "" }])}
      >
        Add dataset
      </Button>
      {rows.length > 0 && choices.length < total && (
        <p className="lw-small lw-quiet">
          {formatNewest(choices.length, total)} versions. A call of the API can name any of them.
        </p>
      )}
      {error && <p role="alert">{error}</p>}
    </>
  );
}
