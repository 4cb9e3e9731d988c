"use client";

import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { LazyModal } from "#components/ui/lazy-modal.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { expectationOf, fieldName } from "#server/serve/protection/constants.ts";
import type { FieldContract, FieldPolicy } from "#server/serve/protection/contract.ts";
import type { ProtectionFormProps } from "./limits-form.tsx";
import classes from "./settings.module.css";

const FieldDialog = lazyDialog(() => import("./field-dialog.tsx").then((module) => module.FieldDialog));

interface FieldContractsProps extends ProtectionFormProps {
  /** Inputs of the version that serves. */
  inputs: TensorSpec[];
}

const words: Record<FieldPolicy, string> = { reject: "refuse", clip: "clip", flag: "flag" };

/** Renders the contract of the input, field by field; each change is saved immediately. */
export function FieldContracts({ protection, action, disabledReason, inputs }: FieldContractsProps) {
  const [edited, setEdited] = useState<{ index: number | undefined }>();
  const { fields } = protection;

  async function save(next: FieldContract[], what: string) {
    const result = await action({ ...protection, fields: next });
    if (result.ok) toast.done(what);
    return result;
  }
  async function remove(field: FieldContract) {
    const result = await save(
      fields.filter((each) => each !== field),
      `Contract removed from ${fieldName(field)}.`,
    );
    if (!result.ok) toast.failed(result.error ?? "Could not update the contract.");
  }
  const columns: Column<FieldContract>[] = [
    { key: "field", head: "Field", cell: fieldName },
    { key: "input", head: "Path", cell: (field) => <code className="lw-quiet">{describeField(field)}</code> },
    { key: "expects", head: "Expected", cell: expectationOf },
    { key: "outside", head: "Action", cell: ({ onOutside }) => words[onOutside] },
    { key: "missing", head: "Missing", cell: ({ onMissing }) => words[onMissing] },
    { key: "not-finite", head: "NaN", cell: ({ onNotFinite }) => words[onNotFinite] },
    { key: "fallback", head: "Fallback", cell: ({ fallback }) => fallback ?? <span className="lw-quiet">none</span> },
    {
      key: "actions",
      head: <span className="lw-hidden">Actions</span>,
      align: "right",
      cell: (field) =>
        !disabledReason && (
          <span className={classes.actions}>
            <Button variant="subtle" size="compact-xs" onClick={() => setEdited({ index: fields.indexOf(field) })}>
              Edit…
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
      subtitle="constraints on individual fields, beyond the model signature"
      right={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
          disabled={disabledReason !== undefined}
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
          <EmptyState title="No field contracts">
            Requests are validated against the signature only: names, data types and shapes. Add a field to reject, clip
            or flag out-of-range values, unknown categories, NaN and missing values.
          </EmptyState>
        }
      />
      <LazyModal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited?.index === undefined ? "Add field" : "Edit field"}
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
                `Contract of ${fieldName(field)} saved. Gateways apply it within seconds.`,
              )
            }
            onDone={() => setEdited(undefined)}
          />
        )}
      </LazyModal>
    </Panel>
  );
}

function describeField({ input, column }: FieldContract): string {
  return column === null ? input : `${input}, column ${column}`;
}
