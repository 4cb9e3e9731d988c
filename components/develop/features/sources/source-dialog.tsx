"use client";

import { ActionIcon, Button, Modal, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FieldTable } from "#components/ui/field-table.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { readJson } from "#components/ui/wire.ts";
import type { DefineViewSource, ViewSource } from "#server/develop/features/contract.ts";
import {
  complaintsByField,
  emptySource,
  type FormKind,
  type MappingDraft,
  newMapping,
  type SourceDraft,
  sourceComplaints,
  toSource,
  toSourceDraft,
} from "./source-draft.ts";
import classes from "./sources.module.css";

/** Names that the form offers. */
interface SourceChoices {
  datasets: readonly string[];
  connections: readonly string[];
  /** Sources that Leeway reads, as history of a push source. */
  readSources: readonly string[];
}

interface SourceDialogProps {
  /** Source to edit; without it, the dialog creates one. */
  source?: ViewSource;
  choices: SourceChoices;
  save: (input: DefineViewSource & { isNew: boolean }) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

const kinds: { value: FormKind; label: string }[] = [
  { value: "push", label: "Push" },
  { value: "dataset", label: "Dataset" },
  { value: "file", label: "File" },
  { value: "sql", label: "SQL" },
  { value: "predictions", label: "Predictions" },
];

/** Renders the button and the dialog that create or edit a source of feature views. */
export function SourceDialog(props: SourceDialogProps) {
  const { source, why } = props;
  const [opened, setOpened] = useState(false);
  return (
    <>
      {why && !source && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        {...(source && { variant: "default", size: "xs", "aria-label": `Edit ${source.name}` })}
        {...(!source && { leftSection: <IconPlus size={15} stroke={1.8} aria-hidden="true" /> })}
        disabled={why !== undefined}
        title={why}
        onClick={() => setOpened(true)}
      >
        {source ? "Edit…" : "Create source…"}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={source ? `Edit ${source.name}` : "New source"}
        size={620}
        yOffset="8vh"
      >
        {opened && <SourceForm {...props} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function SourceForm({ source, choices, save, onDone }: SourceDialogProps & { onDone: () => void }) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(save);
  const [draft, setDraft] = useState<SourceDraft>(source ? toSourceDraft(source) : emptySource);
  const [missing, setMissing] = useState<ReturnType<typeof sourceComplaints>>({});
  const set = (change: Partial<SourceDraft>) => setDraft({ ...draft, ...change });
  const complaints: Record<string, string> = { ...complaintsByField(state.fieldErrors ?? {}), ...missing };
  const { kind } = draft;

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    const found = sourceComplaints(draft);
    setMissing(found);
    if (Object.keys(found).length > 0) return;
    const input = toSource(draft, source);
    run({ ...input, isNew: !source }, () => {
      toast.done(`Source ${input.name} saved.`);
      onDone();
      void refresh();
    });
  }
  function submitByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  }

  return (
    <form className={dialog.body} onSubmit={submit} onKeyDown={submitByKey} noValidate>
      <FormProblem state={state} />
      {!source && (
        <>
          <Segmented label="Kind" value={kind} onChange={(next) => set({ kind: next })} options={kinds} />
          <TextInput
            label="Name"
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={complaints.name}
            data-autofocus
          />
        </>
      )}
      {kind === "push" && (
        <Select
          label="History"
          description="Source of earlier rows, from which views are materialised"
          placeholder="none"
          data={choices.readSources.filter((name) => name !== draft.name)}
          value={draft.batchSource}
          onChange={(batchSource) => set({ batchSource })}
          clearable
          searchable
        />
      )}
      {kind === "dataset" && (
        <Select
          label="Dataset"
          description="Each new version is read"
          data={[...choices.datasets]}
          value={draft.dataset}
          onChange={(dataset) => set({ dataset })}
          error={complaints.dataset}
          nothingFoundMessage="No matching datasets"
          searchable
        />
      )}
      {kind === "file" && (
        <TextInput
          label="Path"
          description="dataset:NAME, dataset:NAME@DIGEST, or an artifact such as runs/RUN_ID/artifacts/rows.parquet"
          value={draft.path}
          onChange={(event) => set({ path: event.currentTarget.value })}
          error={complaints.path}
        />
      )}
      {kind === "sql" && (
        <>
          <Select
            label="Connection"
            description={
              choices.connections.length === 0 ? "No connections yet. An admin creates one on this page." : undefined
            }
            data={[...choices.connections]}
            value={draft.connection}
            onChange={(connection) => set({ connection })}
            error={complaints.connection}
            nothingFoundMessage="No matching connections"
            searchable
          />
          <Textarea
            label="Query"
            description="A single SELECT statement. Leeway selects the columns and the time range from its rows."
            placeholder="select driver_id, trips, ended_at, inserted_at from trips"
            classNames={{ input: classes.query ?? "" }}
            autosize
            minRows={3}
            maxRows={12}
            spellCheck={false}
            value={draft.query}
            onChange={(event) => set({ query: event.currentTarget.value })}
            error={complaints.query}
          />
        </>
      )}
      {kind === "predictions" && (
        <EndpointField value={draft.endpoint} onChange={(endpoint) => set({ endpoint })} error={complaints.endpoint} />
      )}
      {kind !== "push" && <MappingFields kind={kind} draft={draft} set={set} error={complaints.mapping} />}
      <div className={classes.fields}>
        {kind !== "predictions" && (
          <>
            <TextInput
              label="Event time column"
              description="When the values of a row became valid"
              value={draft.eventTimeColumn}
              onChange={(event) => set({ eventTimeColumn: event.currentTarget.value })}
              error={complaints.eventTimeColumn}
            />
            <TextInput
              label="Created time column"
              description="When the row became known"
              placeholder="none: time of arrival"
              value={draft.createdTimeColumn}
              onChange={(event) => set({ createdTimeColumn: event.currentTarget.value })}
              error={complaints.createdTimeColumn}
            />
          </>
        )}
        {kind !== "push" && (
          <>
            <NumberInput
              label="Materialise every"
              description={kind === "dataset" ? "Besides each new version" : "From the end of the last one"}
              placeholder="on request"
              suffix=" min"
              min={1}
              allowDecimal={false}
              hideControls
              value={draft.everyMinutes}
              onChange={(everyMinutes) => set({ everyMinutes })}
              error={complaints.everyMinutes}
            />
            <NumberInput
              label="Max rejected rows"
              description="A materialisation with more rejected rows fails"
              placeholder="10%"
              suffix="%"
              min={0}
              max={100}
              hideControls
              value={draft.maxRejectedPercent}
              onChange={(maxRejectedPercent) => set({ maxRejectedPercent })}
              error={complaints.maxRejectedPercent}
            />
          </>
        )}
      </div>
      <Textarea
        label="Description"
        rows={2}
        value={draft.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        error={complaints.description}
      />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : source ? "Save source" : "Create source"}
        </Button>
      </div>
    </form>
  );
}

interface EndpointFieldProps {
  value: string | null;
  onChange: (endpoint: string | null) => void;
  error: string | undefined;
}

/** Chooses an endpoint. Their list is loaded once the form needs it: it comes with their traffic. */
function EndpointField({ value, onChange, error }: EndpointFieldProps) {
  const { data, error: problem } = useQuery({
    queryKey: ["endpoint-names"],
    queryFn: ({ signal }) => readJson<{ endpoints: { name: string }[] }>("/api/v1/endpoints?limit=500", signal),
  });
  const names = data?.endpoints.map(({ name }) => name) ?? [];
  return (
    <Select
      label="Endpoint"
      description="Its prediction log is read, with labels"
      data={value === null || names.includes(value) ? names : [value, ...names]}
      value={value}
      onChange={onChange}
      error={error ?? (problem ? `Could not load the endpoints: ${problem.message}` : undefined)}
      nothingFoundMessage={data ? "No matching endpoints" : "Loading…"}
      searchable
    />
  );
}

const otherNames = "Columns whose name differs from their feature or join key";
const ofPredictions =
  "Fields read from a prediction: inputs.NAME, outputs.NAME, prediction, confidence, label, request_id or version_id";

interface MappingFieldsProps {
  kind: FormKind;
  draft: Pick<SourceDraft, "mapping">;
  set: (change: Pick<SourceDraft, "mapping">) => void;
  error: string | undefined;
}

/** Renders the columns of a source, with the features and join keys that they hold, as fields. */
function MappingFields({ kind, draft: { mapping }, set, error }: MappingFieldsProps) {
  const isLog = kind === "predictions";
  const change = (next: MappingDraft) => set({ mapping: mapping.map((line) => (line.key === next.key ? next : line)) });
  return (
    <fieldset className={classes.mapping}>
      <legend>Columns</legend>
      <p className="lw-small lw-quiet">{isLog ? ofPredictions : otherNames}</p>
      {mapping.length > 0 && (
        <FieldTable label="Columns" heads={["Column", "Feature or join key"]} flush>
          {mapping.map((line) => (
            <tr key={line.key}>
              <td>
                <TextInput
                  aria-label={`${line.column || "New column"}, name in the source`}
                  placeholder={isLog ? "inputs.customer" : "DriverID"}
                  value={line.column}
                  onChange={(event) => change({ ...line, column: event.currentTarget.value })}
                  error={error !== undefined}
                  autoComplete="off"
                  spellCheck={false}
                />
              </td>
              <td>
                <TextInput
                  aria-label={`${line.column || "New column"}, feature or join key`}
                  placeholder={isLog ? "customer_id" : "driver_id"}
                  value={line.feature}
                  onChange={(event) => change({ ...line, feature: event.currentTarget.value })}
                  error={error !== undefined}
                  autoComplete="off"
                  spellCheck={false}
                />
              </td>
              <td>
                <ActionIcon
                  variant="subtle"
                  aria-label={`Remove ${line.column || "the new column"}`}
                  onClick={() => set({ mapping: mapping.filter(({ key }) => key !== line.key) })}
                >
                  <IconX size={15} stroke={1.8} aria-hidden="true" />
                </ActionIcon>
              </td>
            </tr>
          ))}
        </FieldTable>
      )}
      {error !== undefined && (
        <p className={classes.problem} role="alert">
          {error}
        </p>
      )}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
          onClick={() => set({ mapping: [...mapping, newMapping()] })}
        >
          Add column
        </Button>
      </div>
    </fieldset>
  );
}
