"use client";

import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { TensorSpec } from "#server/registry/onnx/contract.ts";
import { expectationOf, type FieldContract, type FieldPolicy, fieldName } from "#server/serving/protection/contract.ts";
import { FieldDialog } from "./field-dialog.tsx";
import type { ProtectionFormProps } from "./limits-form.tsx";
import classes from "./settings.module.css";

interface FieldContractsProps extends ProtectionFormProps {
  /** Inputs of the version that serves. */
  inputs: TensorSpec[];
}

const words: Record<FieldPolicy, string> = { reject: "refuse", clip: "clip", flag: "flag" };

/** The contract of the input, field by field; each change is saved at once. */
export function FieldContracts({ protection, action, offBecause, inputs }: FieldContractsProps) {
  const [edited, setEdited] = useState<{ index: number | undefined }>();
  const { fields } = protection;

  async function save(next: FieldContract[], what: string) {
    const answer = await action({ ...protection, fields: next });
    if (answer.ok) toast.done(what);
    return answer;
  }
  async function remove(field: FieldContract) {
    const answer = await save(
      fields.filter((each) => each !== field),
      `${fieldName(field)} has no contract any more.`,
    );
    if (!answer.ok) toast.failed(answer.error ?? "The contract was not changed.");
  }
  const columns: Column<FieldContract>[] = [
    { key: "field", head: "Field", cell: fieldName },
    { key: "input", head: "Where", cell: (field) => <code className="lw-quiet">{placeOf(field)}</code> },
    { key: "expects", head: "Expects", cell: expectationOf },
    { key: "outside", head: "Otherwise", cell: ({ onOutside }) => words[onOutside] },
    { key: "missing", head: "Missing", cell: ({ onMissing }) => words[onMissing] },
    { key: "not-finite", head: "NaN", cell: ({ onNotFinite }) => words[onNotFinite] },
    { key: "fallback", head: "Fallback", cell: ({ fallback }) => fallback ?? <span className="lw-quiet">none</span> },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (field) =>
        !offBecause && (
          <span className={classes.actions}>
            <Button variant="subtle" size="compact-xs" onClick={() => setEdited({ index: fields.indexOf(field) })}>
              Change…
            </Button>
            <Button variant="subtle" size="compact-xs" color="red" onClick={() => void remove(field)}>
              Remove
            </Button>
          </span>
        ),
    },
  ];
  return (
    <Panel
      id="contract"
      title="Input contract"
      subtitle="what each field must be, beyond the model’s signature"
      right={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
          disabled={offBecause !== undefined}
          onClick={() => setEdited({ index: undefined })}
        >
          Add field…
        </Button>
      }
      flush
    >
      <DataTable
        label="Input contract"
        density="dense"
        rows={fields}
        columns={columns}
        rowKey={fieldName}
        empty={
          <EmptyState title="No field has a contract">
            Requests are held to the signature only: names, datatypes and shapes. Add a field to refuse, clip or flag
            values out of its range, unknown levels, NaN and what is missing.
          </EmptyState>
        }
      />
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited?.index === undefined ? "Add field" : "Change field"}
        size={560}
        yOffset="8vh"
      >
        {edited && (
          <FieldDialog
            field={edited.index === undefined ? undefined : fields[edited.index]}
            inputs={inputs}
            path={`protection.fields.${edited.index ?? fields.length}`}
            save={(field) =>
              save(
                edited.index === undefined ? [...fields, field] : fields.with(edited.index, field),
                `The contract of ${fieldName(field)} was saved. Gateways follow within seconds.`,
              )
            }
            onDone={() => setEdited(undefined)}
          />
        )}
      </Modal>
    </Panel>
  );
}

function placeOf({ input, column }: FieldContract): string {
  return column === null ? input : `${input}, column ${column}`;
}
