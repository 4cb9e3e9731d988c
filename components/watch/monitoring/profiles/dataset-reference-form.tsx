"use client";

import { Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { ColumnsOfInputs } from "#components/develop/datasets/columns-of-inputs.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { plural } from "#components/ui/format.ts";
import { useQuery } from "#components/ui/queries.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { readJson } from "#components/ui/wire.ts";
import type { DatasetVersion, ReadVersion } from "#server/develop/datasets/contract.ts";
import type { ReferenceAdvice } from "#server/watch/monitoring/profiles/contract.ts";
import classes from "./references.module.css";
import { RequestFooter } from "./request-footer.tsx";
import { type RequestReferenceAction, useRequest } from "./use-request.ts";

interface DatasetReferenceFormProps {
  advice: ReferenceAdvice;
  datasets: ReadVersion[];
  request: RequestReferenceAction;
  onClose: () => void;
}

/** Inputs without a column of their name that can be named here; more are better named over REST. */
const maxNamed = 12;
const keyOf = ({ name, digest }: { name: string; digest: string }) => JSON.stringify([name, digest]);

/** Selects the rows, the label column and the split, and the input columns if their names differ. */
export function DatasetReferenceForm({ advice, datasets, request, onClose }: DatasetReferenceFormProps) {
  const logged = advice.logged.find(({ source }) => source !== null);
  const [chosen, setChosen] = useState<string | null>(logged ? keyOf(logged) : datasets[0] ? keyOf(datasets[0]) : null);
  const [name = "", digest = ""] = chosen ? (JSON.parse(chosen) as [string, string]) : [];
  const [label, setLabel] = useState<string | null>(
    logged?.source?.kind === "dataset" ? logged.source.labelColumn : null,
  );
  const [split, setSplit] = useState<string | null>(null);
  const [value, setValue] = useState("");
  const [named, setNamed] = useState<Record<string, string>>({});
  const [reason, setReason] = useState("");
  const { state, busy, send } = useRequest(request, onClose);
  const { data } = useQuery({
    queryKey: ["dataset", name, digest],
    queryFn: () =>
      readJson<DatasetVersion>(`/api/v1/datasets/${encodeURIComponent(name)}/versions/${encodeURIComponent(digest)}`),
    enabled: chosen !== null,
  });
  const columns = data?.profile?.map((column) => column.name) ?? [];
  const levels = data?.profile?.find((column) => column.name === split)?.levels?.map((level) => level.value) ?? [];
  const missing = data ? advice.inputs.filter((input) => !columns.includes(input)).slice(0, maxNamed) : [];

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const where = split && value ? { column: split, value } : null;
    const names = Object.fromEntries(
      Object.entries(named).filter(([input, column]) => column && missing.includes(input)),
    );
    send({ kind: "dataset", name, digest, labelColumn: label, where, columns: names }, reason);
  }
  if (datasets.length === 0) {
    return (
      <EmptyState title="No dataset rows available">
        Upload the CSV, Parquet or Arrow file the version was trained on under Datasets, then select it here.
      </EmptyState>
    );
  }
  return (
    <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
      <FormProblem state={state} />
      <Select
        label="Rows"
        data={datasets.map((version) => ({
          value: keyOf(version),
          label: `${version.name} ${version.digest.slice(0, 8)}, ${plural(version.rows, "row")}`,
        }))}
        value={chosen}
        onChange={(next) => {
          setChosen(next);
          setLabel(null);
          setSplit(null);
          setNamed({});
        }}
        searchable
        allowDeselect={false}
      />
      <div className={classes.pair}>
        <Select
          label="Label column"
          description="enables quality and calibration"
          placeholder="none"
          data={columns}
          value={label}
          onChange={setLabel}
          searchable
          clearable
        />
        <Select
          label="Filter rows"
          description="a split, for example train"
          placeholder="all rows"
          data={columns}
          value={split}
          onChange={(next) => {
            setSplit(next);
            setValue("");
          }}
          searchable
          clearable
        />
        {split &&
          (levels.length > 0 ? (
            <Select
              label={`${split} equals`}
              data={levels}
              value={value || null}
              onChange={(next) => setValue(next ?? "")}
            />
          ) : (
            <TextInput
              label={`${split} equals`}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
          ))}
      </div>
      <ColumnsOfInputs
        inputs={missing}
        columns={columns}
        named={named}
        setNamed={setNamed}
        placeholder="no match"
        className={classes.pair}
      />
      <RequestFooter
        reason={reason}
        setReason={setReason}
        busy={busy}
        onClose={onClose}
        isOff={!chosen || (split !== null && !value)}
      />
    </form>
  );
}
