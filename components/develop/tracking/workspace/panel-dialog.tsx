"use client";

import { Button, Modal, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Segmented } from "#components/ui/tabs.tsx";
import type { ChartedMetric } from "#server/develop/tracking/workspace/contract.ts";
import { AxisSelect } from "../compare/axis-picker.tsx";
import classes from "../small-form.module.css";
import { useRunFields } from "../tables/use-run-fields.ts";
import type { ShownRun } from "./chart-lines.ts";
import { mediaNames } from "./media-files.ts";
import { findProblem, maxPanelAxes, newPanelId, type OwnPanel, panelKinds, panelLabels } from "./own-panels.ts";
import { useRunMedia } from "./use-run-media.ts";

interface PanelDialogProps {
  /** The panel to edit, or the kind of a new one; undefined closes the dialog. */
  edited: OwnPanel | { kind: OwnPanel["kind"] } | undefined;
  panels: readonly OwnPanel[];
  experimentId: number;
  metrics: readonly ChartedMetric[];
  shownRuns: readonly ShownRun[];
  onClose: () => void;
  onConfirm: (panel: OwnPanel) => void;
}

/** Asks for the kind and the content of a panel of the charts. */
export function PanelDialog({ edited, onClose, ...form }: PanelDialogProps) {
  const isNew = edited !== undefined && !("id" in edited);
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={isNew ? "Add panel" : "Edit panel"}
      size={560}
      yOffset="12vh"
    >
      {edited && <Form {...form} edited={edited} />}
    </Modal>
  );
}

/** The lists of long experiments are searched, not scrolled. */
const maxListed = 60;
const maxParams = 200;

type FormProps = Omit<PanelDialogProps, "edited" | "onClose"> & { edited: NonNullable<PanelDialogProps["edited"]> };

function Form({ edited, panels, experimentId, metrics, shownRuns, onConfirm }: FormProps) {
  const [draft, setDraft] = useState<OwnPanel>(
    "id" in edited ? edited : { id: newPanelId(panels), kind: edited.kind, title: "", columns: [], text: "" },
  );
  const [problem, setProblem] = useState<string>();
  const set = (change: Partial<OwnPanel>) => {
    setProblem(undefined);
    setDraft({ ...draft, ...change });
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = findProblem(panels, draft);
    if (found) setProblem(found);
    else onConfirm({ ...draft, title: draft.title.trim() });
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <Segmented
        label="Kind of panel"
        value={draft.kind}
        options={panelKinds.map((value) => ({ value, label: panelLabels[value] }))}
        onChange={(kind) => set({ kind, columns: [], brushes: {} })}
      />
      <Content draft={draft} set={set} experimentId={experimentId} metrics={metrics} shownRuns={shownRuns} />
      <TextInput
        label="Title (optional)"
        maxLength={80}
        value={draft.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      {problem && (
        <p className={classes.error} role="alert">
          {problem}
        </p>
      )}
      <Button type="submit">{"id" in edited ? "Apply" : "Add panel"}</Button>
    </form>
  );
}

interface ContentProps extends Pick<PanelDialogProps, "experimentId" | "metrics" | "shownRuns"> {
  draft: OwnPanel;
  set: (change: Partial<OwnPanel>) => void;
}

function Content({ draft, set, experimentId, metrics, shownRuns }: ContentProps) {
  const { kind, columns, text } = draft;
  if (kind === "text") {
    return (
      <Textarea
        label="Text in Markdown"
        autosize
        minRows={4}
        maxRows={14}
        maxLength={2_000}
        value={text}
        onChange={(event) => set({ text: event.currentTarget.value })}
      />
    );
  }
  if (kind === "media") return <MediaField draft={draft} set={set} experimentId={experimentId} shownRuns={shownRuns} />;
  if (kind === "line" || kind === "bar") {
    const keys = metrics.filter(({ isCurve }) => isCurve || kind === "bar").map(({ key }) => key);
    return (
      <Select
        label="Metric"
        data-autofocus
        data={keys}
        value={columns[0] ?? null}
        onChange={(key) => set({ columns: key ? [key] : [] })}
        limit={maxListed}
        searchable
        allowDeselect={false}
        nothingFoundMessage="No matching metric"
      />
    );
  }
  return <ColumnFields draft={draft} set={set} experimentId={experimentId} metrics={metrics} />;
}

function ColumnFields({ draft, set, experimentId, metrics }: Omit<ContentProps, "shownRuns">) {
  const { kind, columns } = draft;
  const params = useRunFields({ experimentId, kind: "param", words: "", perPage: maxParams, enabled: true });
  const choices = [
    ...params.fields.map(({ key }) => `params.${key}`),
    ...metrics.map(({ key }) => `metrics.${key}`),
  ].filter((column) => !column.includes(","));
  if (kind === "parallel") {
    return (
      <MultiSelect
        label={`Axes (up to ${maxPanelAxes})`}
        data={choices.map((value) => ({ value, label: value }))}
        value={columns}
        onChange={(columns) => set({ columns })}
        maxValues={maxPanelAxes}
        limit={maxListed}
        searchable
        hidePickedOptions
        nothingFoundMessage="No matching parameter or metric"
      />
    );
  }
  const [x, y] = columns;
  return (
    <>
      <AxisSelect
        label="X axis"
        value={x || undefined}
        choices={choices}
        onChange={(x = "") => set({ columns: [x, y ?? ""] })}
      />
      <AxisSelect
        label="Y axis"
        value={y || undefined}
        choices={choices}
        onChange={(y = "") => set({ columns: [x ?? "", y] })}
      />
    </>
  );
}

function MediaField({ draft, set, experimentId, shownRuns }: Omit<ContentProps, "metrics">) {
  const { paths, isPending, error } = useRunMedia(
    experimentId,
    shownRuns.map(({ id }) => id),
  );
  const names = mediaNames([...paths.values()].flat());
  return (
    <Select
      label="Images"
      description="Of mlflow.log_image with a step, or files in a folder whose names end in the step."
      data={names}
      value={draft.columns[0] ?? null}
      onChange={(name) => set({ columns: name ? [name] : [] })}
      searchable
      allowDeselect={false}
      placeholder={isPending ? "Loading…" : names.length === 0 ? "The first runs shown have no images" : "Select"}
      error={error && `Could not load the files: ${error.message}`}
      nothingFoundMessage="No matching images"
    />
  );
}
