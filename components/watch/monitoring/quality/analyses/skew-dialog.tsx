"use client";

import { NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { ColumnsOfInputs } from "#components/develop/datasets/columns-of-inputs.tsx";
import { plural } from "#components/ui/format.ts";
import { useQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import { at } from "#components/watch/monitoring/analyses/at.ts";
import type { DatasetVersion } from "#server/develop/datasets/contract.ts";
import classes from "./analyses.module.css";
import { RequestDialog } from "./request-dialog.tsx";
import type { RequestState } from "./request-state.ts";

/** Inputs without a column of their name that can be named here; more are better named over REST. */
const maxNamed = 12;
const byRequestId = "";
const keyOf = ({ name, digest }: { name: string; digest: string }) => JSON.stringify([name, digest]);

/** Holds what was served against rows of a dataset that say what it should have been, by a key. */
export function SkewDialog({ requestState }: { requestState: RequestState }) {
  const { endpointId, endpoint, inputs, datasets, from, to, request, why } = requestState;
  const [chosen, setChosen] = useState<string | null>(datasets[0] ? keyOf(datasets[0]) : null);
  const [name = "", digest = ""] = chosen ? (JSON.parse(chosen) as [string, string]) : [];
  const [keyInput, setKeyInput] = useState(byRequestId);
  const [keyColumn, setKeyColumn] = useState<string | null>(null);
  const [named, setNamed] = useState<Record<string, string>>({});
  const [absolute, setAbsolute] = useState<number | string>(1e-6);
  const [relative, setRelative] = useState<number | string>(0.01);
  const { data } = useQuery({
    queryKey: ["dataset", name, digest],
    queryFn: () =>
      readJson<DatasetVersion>(`/api/v1/datasets/${encodeURIComponent(name)}/versions/${encodeURIComponent(digest)}`),
    enabled: chosen !== null,
  });
  const columns = data?.profile?.map((column) => column.name) ?? [];
  const missing = data ? inputs.filter((input) => !columns.includes(input)).slice(0, maxNamed) : [];
  const question = () =>
    chosen && keyColumn
      ? {
          kind: "skew" as const,
          skew: {
            endpointId,
            dataset: { name, digest },
            keyInput: keyInput || null,
            keyColumn,
            from,
            to,
            columns: Object.fromEntries(
              Object.entries(named).filter(([input, column]) => column && missing.includes(input)),
            ),
            absoluteTolerance: Number(absolute),
            relativeTolerance: Number(relative) / 100,
          },
        }
      : null;
  return (
    <RequestDialog
      label="Skew…"
      title={`Training-serving skew at ${endpoint}`}
      reads={`Reads up to 5,000 logged requests from ${at(new Date(from))} to ${at(new Date(to))} and compares each input with the dataset row that has the same key.`}
      request={request}
      question={question}
      why={why ?? (datasets.length === 0 ? "no dataset rows available" : undefined)}
    >
      {(complaint) => (
        <>
          <Select
            label="Dataset with the expected values"
            data={datasets.map((version) => ({
              value: keyOf(version),
              label: `${version.name} ${version.digest.slice(0, 8)}, ${plural(version.rows, "row")}`,
            }))}
            value={chosen}
            onChange={(next) => {
              setChosen(next);
              setKeyColumn(null);
              setNamed({});
            }}
            searchable
            openOnFocus={false}
            allowDeselect={false}
            error={complaint("dataset")}
          />
          <div className={classes.pair}>
            <Select
              label="Key field in the request"
              data={[{ value: byRequestId, label: "request ID" }, ...inputs]}
              value={keyInput}
              onChange={(next) => setKeyInput(next ?? byRequestId)}
              searchable
              allowDeselect={false}
              error={complaint("keyInput")}
            />
            <Select
              label="Key column"
              placeholder="select"
              data={columns}
              value={keyColumn}
              onChange={setKeyColumn}
              searchable
              error={complaint("keyColumn")}
            />
          </div>
          <ColumnsOfInputs
            inputs={missing}
            columns={columns}
            named={named}
            setNamed={setNamed}
            placeholder="no match: skipped"
            className={classes.pair}
          />
          <div className={classes.pair}>
            <NumberInput
              label="Numeric tolerance, %"
              value={relative}
              onChange={setRelative}
              min={0}
              error={complaint("relativeTolerance")}
            />
            <NumberInput
              label="or relative"
              description="in the unit of the input"
              value={absolute}
              onChange={setAbsolute}
              min={0}
              error={complaint("absoluteTolerance")}
            />
          </div>
        </>
      )}
    </RequestDialog>
  );
}
