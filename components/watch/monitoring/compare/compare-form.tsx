"use client";

import { Button, Select } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ReadVersion } from "#server/develop/datasets/contract.ts";
import type { Analysis, RequestAnalysis } from "#server/watch/monitoring/analyses/contract.ts";
import classes from "./compare-form.module.css";

interface CompareFormProps {
  versions: ReadVersion[];
  request: (input: RequestAnalysis) => Promise<ActionState<Analysis>>;
  /** Reason why the button is disabled. */
  why?: string | undefined;
}

const keyOf = ({ name, digest }: { name: string; digest: string }) => JSON.stringify({ name, digest });

/** Requests a comparison of two dataset versions, column by column. */
export function CompareForm({ versions, request, why }: CompareFormProps) {
  const [reference, setReference] = useState<string | null>(versions[1] ? keyOf(versions[1]) : null);
  const [current, setCurrent] = useState<string | null>(versions[0] ? keyOf(versions[0]) : null);
  const { state, busy, run } = useAction(request);
  const router = useRouter();
  const options = versions.map((version) => ({
    value: keyOf(version),
    label: `${version.name} ${version.digest.slice(0, 8)}, ${plural(version.rows, "row")}`,
  }));

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!reference || !current) return;
    const question = { kind: "batch" as const, reference: JSON.parse(reference), current: JSON.parse(current) };
    run({ question }, ({ id }) => router.push(`/datasets/compare?analysis=${id}`));
  }
  return (
    <Panel title="Compare two files, column by column" subtitle="Evidently scores and calibrated verdicts side by side">
      {versions.length < 2 ? (
        <EmptyState title="No files to compare">
          Leeway compares uploaded dataset versions (CSV, Parquet or Arrow). Upload them under Datasets.
        </EmptyState>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          <FormProblem state={state} />
          <Select label="Reference" data={options} value={reference} onChange={setReference} searchable />
          <Select label="Compare with" data={options} value={current} onChange={setCurrent} searchable />
          <div className={classes.ask}>
            {why && <span className="lw-small lw-quiet">{why}</span>}
            <Button type="submit" disabled={why !== undefined || !reference || !current} aria-disabled={busy}>
              {busy ? "Requesting…" : "Compare"}
            </Button>
          </div>
        </form>
      )}
    </Panel>
  );
}
