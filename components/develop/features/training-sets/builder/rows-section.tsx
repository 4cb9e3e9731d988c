"use client";

import { Select, TextInput } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { type UploadAction, UploadRowsForm } from "#components/develop/datasets/upload-rows-form.tsx";
import { plural } from "#components/ui/format.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import { UploadButton } from "#components/ui/upload-button.tsx";
import classes from "./builder.module.css";
import type { TrainingSetDraft } from "./draft.ts";
import type { RowColumns } from "./use-row-columns.ts";

interface RowsSectionProps {
  draft: TrainingSetDraft;
  onChange: (change: Partial<TrainingSetDraft>) => void;
  datasets: readonly string[];
  endpoints: readonly { id: string; name: string }[];
  columns: RowColumns;
  upload: { action: UploadAction; maxBytes: number; apiUrl: string; why: string | undefined };
}

const kinds = [
  { value: "predictions" as const, label: "Prediction log" },
  { value: "dataset" as const, label: "Dataset" },
];

/** Chooses the rows to which features are joined, and which of their columns are the label and its time. */
export function RowsSection({ draft, onChange, datasets, endpoints, columns, upload }: RowsSectionProps) {
  const { rowsKind, dataset, digest } = draft;
  const select = (next: { dataset: string | null; digest: string | null }) =>
    onChange({ ...next, label: null, labelTime: null, split: null });
  return (
    <>
      <div className={classes.bar}>
        <Segmented
          label="Rows from"
          value={rowsKind}
          onChange={(next) => onChange({ rowsKind: next })}
          options={kinds}
        />
        {rowsKind === "dataset" && (
          <UploadButton
            label="Upload…"
            icon={<IconUpload size={15} stroke={1.8} aria-hidden="true" />}
            title="Upload rows"
            primary={false}
            why={upload.why}
          >
            {(title, close) => (
              <UploadRowsForm
                title={title}
                maxBytes={upload.maxBytes}
                apiUrl={upload.apiUrl}
                upload={upload.action}
                onClose={close}
                onDone={(version) => onChange({ ...version, label: null, labelTime: null, split: null })}
              />
            )}
          </UploadButton>
        )}
      </div>
      {rowsKind === "dataset" ? (
        <>
          <div className={classes.pair}>
            <Select
              label="Dataset"
              placeholder="Choose"
              data={[...(dataset && !datasets.includes(dataset) ? [dataset] : []), ...datasets]}
              value={dataset}
              onChange={(name) => select({ dataset: name, digest: null })}
              nothingFoundMessage="No matching datasets"
              searchable
            />
            <Select
              label="Version"
              placeholder={columns.isLoading ? "Loading…" : "Choose"}
              data={columns.versions.map((version) => ({
                value: version.digest,
                label: `${version.digest.slice(0, 8)}, ${plural(version.rows, "row")}`,
              }))}
              value={digest}
              onChange={(next) => select({ dataset, digest: next })}
              disabled={dataset === null}
            />
            <Select
              label="Label"
              placeholder="none"
              data={columns.names}
              value={draft.label}
              onChange={(label) => onChange({ label })}
              disabled={columns.names.length === 0}
              clearable
              searchable
            />
            <Select
              label="Label time"
              placeholder="none"
              data={columns.times}
              value={draft.labelTime}
              onChange={(labelTime) => onChange({ labelTime })}
              disabled={columns.times.length === 0}
              clearable
            />
          </div>
          {columns.problem && <p className={classes.problem}>{columns.problem}</p>}
        </>
      ) : (
        <>
          <Select
            label="Endpoint"
            placeholder="Choose"
            data={endpoints.map(({ id, name }) => ({ value: id, label: name }))}
            value={draft.endpoint}
            onChange={(endpoint) => onChange({ endpoint })}
            nothingFoundMessage="No matching endpoints"
            searchable
          />
          <div className={classes.pair}>
            <TextInput
              type="date"
              label="From"
              value={draft.from}
              max={draft.to || undefined}
              onChange={(event) => onChange({ from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label="To, included"
              value={draft.to}
              min={draft.from || undefined}
              onChange={(event) => onChange({ to: event.currentTarget.value })}
              error={draft.from && draft.to && draft.from > draft.to ? "Must not be before the first day." : undefined}
            />
          </div>
          <p className="lw-small lw-muted">
            Logged predictions that have a label, with their keys. Days in UTC; each row has the time of its request.
          </p>
        </>
      )}
    </>
  );
}
