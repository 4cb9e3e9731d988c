"use client";

import { Button, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { ColumnsOfInputs } from "#components/develop/datasets/columns-of-inputs.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem, ProblemBox } from "#components/ui/form-problem.tsx";
import { plural } from "#components/ui/format.ts";
import { useQuery } from "#components/ui/queries.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { readJson } from "#components/ui/wire.ts";
import type { DatasetVersion, ReadVersion } from "#server/develop/datasets/contract.ts";
import type { CreateEvaluationSet, EvaluationTaskKind } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { emptySetDraft, hasWeights, setOfDraft } from "./set-draft.ts";
import { TaskFields } from "./task-fields.tsx";

/** Server action that freezes a set; returns the address of the evaluation on it. */
export type CreateSetAction = (input: CreateEvaluationSet) => Promise<ActionState<{ href: string }>>;

interface SetFormProps {
  datasets: ReadVersion[];
  inputs: readonly string[];
  create: CreateSetAction;
  onClose: () => void;
}

const kinds: { value: EvaluationTaskKind; label: string }[] = [
  { value: "classification", label: "Classification" },
  { value: "multilabel", label: "Multi-label" },
  { value: "regression", label: "Regression" },
  { value: "forecast", label: "Forecast" },
  { value: "ranking", label: "Ranking" },
  { value: "transcription", label: "Transcription" },
  { value: "boxes", label: "Boxes of pictures" },
  { value: "spans", label: "Spans of texts" },
  { value: "anomaly", label: "Anomaly detection" },
];

/** Inputs without a column of their name that can be named here; more are better named over REST. */
const maxNamed = 12;
const keyOf = ({ name, digest }: { name: string; digest: string }) => JSON.stringify([name, digest]);

/** Selects rows, what they ask for, and what of them is looked at by itself. */
export function SetForm({ datasets, inputs, create, onClose }: SetFormProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState(datasets[0] ? keyOf(datasets[0]) : "");
  const [draft, setDraft] = useState(emptySetDraft);
  const [unreadable, setUnreadable] = useState<string>();
  const { state, busy, run } = useAction(create);
  const [name = "", digest = ""] = chosen ? (JSON.parse(chosen) as [string, string]) : [];
  const { data } = useQuery({
    queryKey: ["dataset", name, digest],
    queryFn: () =>
      readJson<DatasetVersion>(`/api/v1/datasets/${encodeURIComponent(name)}/versions/${encodeURIComponent(digest)}`),
    enabled: chosen !== "",
  });
  const columns = data?.profile?.map((column) => column.name) ?? [];
  const missing = data ? inputs.filter((input) => !columns.includes(input)).slice(0, maxNamed) : [];
  const errors = state.fieldErrors ?? {};
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }));

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setUnreadable(undefined);
    let input: CreateEvaluationSet;
    try {
      input = setOfDraft(draft, { name, digest });
    } catch (error) {
      setUnreadable(error instanceof Error ? error.message : String(error));
      return;
    }
    run(input, ({ href }) => {
      toast.done("Reading the rows of the set. You can use it once this is complete.");
      onClose();
      router.push(href);
    });
  }
  return (
    <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
      <FormProblem state={state} />
      {unreadable && <ProblemBox>{unreadable}</ProblemBox>}
      <TextInput
        label="Name"
        placeholder="depot-audit"
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={errors.name}
        data-autofocus
        required
      />
      <Select
        label="Rows"
        data={datasets.map((version) => ({
          value: keyOf(version),
          label: `${version.name} ${version.digest.slice(0, 8)}, ${plural(version.rows, "row")}`,
        }))}
        value={chosen}
        onChange={(next) => {
          setChosen(next ?? "");
          setDraft((before) => ({ ...emptySetDraft(), name: before.name, note: before.note, kind: before.kind }));
        }}
        searchable
        allowDeselect={false}
      />
      <div className={classes.pair}>
        <Select
          label="Task"
          data={kinds}
          value={draft.kind}
          onChange={(next) => set({ kind: (next as EvaluationTaskKind | null) ?? "classification" })}
          allowDeselect={false}
        />
        <Select
          label="Label column"
          description="what is correct"
          data={columns}
          value={draft.label || null}
          onChange={(next) => set({ label: next ?? "" })}
          error={errors["definition.task.label"]}
          searchable
        />
        <TaskFields draft={draft} set={set} profile={data?.profile ?? []} />
      </div>
      <TextInput
        label="Conditions"
        description="rows that belong to the set"
        placeholder="all rows"
        value={draft.filter}
        onChange={(event) => set({ filter: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <MultiSelect
          label="Segments by column"
          description="one segment for each value"
          data={columns}
          value={draft.segmentColumns}
          onChange={(segmentColumns) => set({ segmentColumns })}
          searchable
        />
        <MultiSelect
          label="Groups"
          description="columns whose values are compared for fairness"
          data={columns}
          value={draft.groups}
          onChange={(groups) => set({ groups })}
          searchable
        />
      </div>
      <Textarea
        label="Segments by condition"
        description="one per line"
        placeholder="night: hour >= 22"
        autosize
        minRows={2}
        value={draft.segmentFilters}
        onChange={(event) => set({ segmentFilters: event.currentTarget.value })}
      />
      <Textarea
        label="Excluded rows"
        description="one per line, with the reason after a colon"
        placeholder={'rows 3, 17: recorded twice\ncarrier = "XX": test flights'}
        autosize
        minRows={2}
        value={draft.exclusions}
        onChange={(event) => set({ exclusions: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        {hasWeights(draft.kind) && (
          <Select
            label="Weight column"
            placeholder="all rows alike"
            data={columns}
            value={draft.weight || null}
            onChange={(next) => set({ weight: next ?? "" })}
            searchable
            clearable
          />
        )}
        <Select
          label="Entity column"
          description="rows of one entity are drawn together for intervals"
          placeholder="rows are independent"
          data={columns}
          value={draft.cluster || null}
          onChange={(next) => set({ cluster: next ?? "" })}
          searchable
          clearable
        />
      </div>
      <ColumnsOfInputs
        inputs={missing}
        columns={columns}
        named={draft.columns}
        setNamed={(named) => set({ columns: named })}
        placeholder="no match"
        className={classes.pair}
      />
      <TextInput
        label="Note"
        placeholder="optional"
        value={draft.note}
        onChange={(event) => set({ note: event.currentTarget.value })}
      />
      <p className="lw-small lw-quiet">A set never changes. Create another set for other rows or segments.</p>
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={!draft.name.trim() || !draft.label} aria-disabled={busy}>
          {busy ? "Freezing…" : "Freeze set"}
        </Button>
      </div>
    </form>
  );
}
