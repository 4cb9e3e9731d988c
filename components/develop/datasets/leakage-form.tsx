"use client";

import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ReadVersion } from "#server/develop/datasets/contract.ts";
import type { LeakageCheck, RequestLeakageCheck } from "#server/develop/datasets/leakage/contract.ts";
import classes from "./leakage.module.css";

interface LeakageFormProps {
  name: string;
  /** The version shown; its rows are known. */
  digest: string;
  /** Columns of that version, with their values where there are few. */
  columns: { name: string; levels: string[] }[];
  versions: ReadVersion[];
  request: (input: RequestLeakageCheck) => Promise<ActionState<LeakageCheck>>;
  why?: string | undefined;
}

type Mode = "versions" | "column";
const modes = [
  { value: "versions" as const, label: "Two versions" },
  { value: "column" as const, label: "One version, split by a column" },
];
const keyOf = (version: { name: string; digest: string }) => JSON.stringify([version.name, version.digest]);

/** Renders the form that checks which rows of the test split are also in the training split. */
export function LeakageForm({ name, digest, columns, versions, request, why }: LeakageFormProps) {
  const own = keyOf({ name, digest });
  const likelySplit = columns.find((column) => /split|fold|set|subset/i.test(column.name) && column.levels.length > 1);
  const [mode, setMode] = useState<Mode>(likelySplit ? "column" : "versions");
  const [left, setLeft] = useState<string | null>(versions.map(keyOf).find((key) => key !== own) ?? null);
  const [right, setRight] = useState<string | null>(own);
  const [split, setSplit] = useState<string | null>(likelySplit?.name ?? null);
  const levels = columns.find((column) => column.name === split)?.levels ?? [];
  const [values, setValues] = useState(likelySides(likelySplit?.levels ?? []));
  const [chosen, setChosen] = useState<string[]>([]);
  const { state, busy, run } = useAction(request);
  const isReady = mode === "versions" ? left && right : split && values.left && values.right;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const side = (key: string | null, value: string) => {
      const [of = name, at = digest] = mode === "versions" && key ? (JSON.parse(key) as [string, string]) : [];
      return { name: of, digest: at, where: mode === "column" && split ? { column: split, value } : null };
    };
    const question = { left: side(left, values.left), right: side(right, values.right) };
    run({ name, question: { ...question, columns: chosen.length > 0 ? chosen : null } });
  }
  const options = versions.map((version) => ({
    value: keyOf(version),
    label: `${version.name} ${version.digest.slice(0, 8)}, ${plural(version.rows, "row")}`,
  }));
  return (
    <Panel
      title="Does the training set contain test rows?"
      subtitle="rows are compared by hash"
      right={<Segmented label="Compare" value={mode} onChange={setMode} options={modes} />}
    >
      {mode === "versions" && versions.length < 2 ? (
        <EmptyState title="No second version to compare">
          Leeway can only compare versions whose rows were uploaded. Upload the other split, or compare two values of
          one column.
        </EmptyState>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          <FormProblem state={state} />
          {mode === "versions" ? (
            <>
              <Select label="Training rows" data={options} value={left} onChange={setLeft} searchable />
              <Select label="Test rows" data={options} value={right} onChange={setRight} searchable />
            </>
          ) : (
            <>
              <Select
                label="Split column"
                data={columns.map((column) => column.name)}
                value={split}
                onChange={(next) => {
                  setSplit(next);
                  setValues(likelySides(columns.find((column) => column.name === next)?.levels ?? []));
                }}
                searchable
              />
              <ValueField
                label="Training value"
                levels={levels}
                value={values.left}
                onChange={(left) => setValues({ ...values, left })}
              />
              <ValueField
                label="Test value"
                levels={levels}
                value={values.right}
                onChange={(right) => setValues({ ...values, right })}
              />
            </>
          )}
          <MultiSelect
            label="Columns that identify a row"
            placeholder={chosen.length === 0 ? "all shared columns" : undefined}
            data={columns.map((column) => column.name).filter((column) => column !== split || mode === "versions")}
            value={chosen}
            onChange={setChosen}
            searchable
          />
          <div className={classes.ask}>
            {why && <span className="lw-small lw-quiet">{why}</span>}
            <Button type="submit" disabled={why !== undefined || !isReady} aria-disabled={busy}>
              {busy ? "Requesting…" : "Check for leakage"}
            </Button>
          </div>
        </form>
      )}
    </Panel>
  );
}

function ValueField(props: { label: string; levels: string[]; value: string; onChange: (value: string) => void }) {
  const { label, levels, value, onChange } = props;
  if (levels.length > 0) {
    return <Select label={label} data={levels} value={value || null} onChange={(next) => onChange(next ?? "")} />;
  }
  return <TextInput label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** Returns the split names similar to "train" and "test", otherwise the first two. */
function likelySides(levels: readonly string[]): { left: string; right: string } {
  const left = levels.find((level) => /train/i.test(level)) ?? levels[0] ?? "";
  const right = levels.find((level) => /test|valid|eval|held/i.test(level)) ?? levels.find((level) => level !== left);
  return { left, right: right ?? "" };
}
