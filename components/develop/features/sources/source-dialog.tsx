"use client";

import { Button, Modal, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type KeyboardEvent, type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { DefineViewSource, ViewSource } from "#server/develop/features/contract.ts";
import {
  emptySource,
  type FormKind,
  type SourceDraft,
  sourceComplaints,
  toSource,
  toSourceDraft,
} from "./source-draft.ts";
import classes from "./sources.module.css";

interface SourceDialogProps {
  /** Source to edit; without it, the dialog creates one. */
  source?: ViewSource;
  /** Names of datasets. */
  datasets: readonly string[];
  /** Names of sources that Leeway reads, as history of a push source. */
  readSources: readonly string[];
  save: (input: DefineViewSource & { isNew: boolean }) => Promise<ActionState<unknown>>;
  why: string | undefined;
}

const kinds: { value: FormKind; label: string }[] = [
  { value: "push", label: "Push" },
  { value: "dataset", label: "Dataset" },
  { value: "file", label: "File" },
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
        size={560}
        yOffset="8vh"
      >
        {opened && <SourceForm {...props} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function SourceForm({ source, datasets, readSources, save, onDone }: SourceDialogProps & { onDone: () => void }) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(save);
  const [draft, setDraft] = useState<SourceDraft>(source ? toSourceDraft(source) : emptySource);
  const [missing, setMissing] = useState<ReturnType<typeof sourceComplaints>>({});
  const set = (change: Partial<SourceDraft>) => setDraft({ ...draft, ...change });
  const { options: _, ...fieldErrors } = state.fieldErrors ?? {};
  const complaints: Record<string, string> = { ...fieldErrors, ...missing };
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
          description="Source that holds earlier rows, and from which views are materialised"
          placeholder="none"
          data={readSources.filter((name) => name !== draft.name)}
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
          data={[...datasets]}
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
      <div className={classes.fields}>
        <TextInput
          label="Event time column"
          description="When a row became true"
          value={draft.eventTimeColumn}
          onChange={(event) => set({ eventTimeColumn: event.currentTarget.value })}
          error={complaints.eventTimeColumn}
        />
        <TextInput
          label="Created time column"
          description="When it became known"
          placeholder="none: time of arrival"
          value={draft.createdTimeColumn}
          onChange={(event) => set({ createdTimeColumn: event.currentTarget.value })}
          error={complaints.createdTimeColumn}
        />
        {kind !== "push" && (
          <>
            <NumberInput
              label="Materialise every"
              description={kind === "dataset" ? "Besides each new version" : "From where the last one ended"}
              placeholder="on request"
              suffix=" min"
              min={1}
              allowDecimal={false}
              hideControls
              value={draft.everyMinutes}
              onChange={(everyMinutes) => set({ everyMinutes })}
              error={complaints["options.everyMinutes"]}
            />
            <NumberInput
              label="Max rejected rows"
              description="More fail the materialisation"
              placeholder="10%"
              suffix="%"
              min={0}
              max={100}
              hideControls
              value={draft.maxRejectedPercent}
              onChange={(maxRejectedPercent) => set({ maxRejectedPercent })}
              error={complaints["options.maxRejectedShare"]}
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
