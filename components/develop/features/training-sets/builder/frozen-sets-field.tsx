"use client";

import { Pill, Select } from "@mantine/core";
import { useState } from "react";
import { plural } from "#components/ui/format.ts";
import { nameOfVersion } from "../training-set-text.ts";
import classes from "./builder.module.css";
import type { TrainingSetDraft } from "./draft.ts";
import { useRowColumns } from "./use-row-columns.ts";

interface FrozenSetsFieldProps {
  frozenSets: TrainingSetDraft["frozenSets"];
  datasets: readonly string[];
  onChange: (frozenSets: TrainingSetDraft["frozenSets"]) => void;
}

/** Chooses versions of datasets that must share no rows with the training set. */
export function FrozenSetsField({ frozenSets, datasets, onChange }: FrozenSetsFieldProps) {
  const [dataset, setDataset] = useState<string | null>(null);
  const { versions, isLoading, problem } = useRowColumns(dataset, null);
  const isChosen = (digest: string) => frozenSets.some((set) => set.dataset === dataset && set.digest === digest);

  function add(digest: string | null) {
    if (dataset === null || digest === null) return;
    onChange([...frozenSets, { dataset, digest }]);
    setDataset(null);
  }
  return (
    <>
      <div className={classes.pair}>
        <Select
          label="Frozen set"
          placeholder="none"
          data={[...datasets]}
          value={dataset}
          onChange={setDataset}
          nothingFoundMessage="No matching datasets"
          searchable
          clearable
        />
        <Select
          label="Version of the frozen set"
          placeholder={isLoading ? "Loading…" : "Choose"}
          data={versions
            .filter(({ digest }) => !isChosen(digest))
            .map(({ digest, rows }) => ({ value: digest, label: `${digest.slice(0, 8)}, ${plural(rows, "row")}` }))}
          value={null}
          onChange={add}
          disabled={dataset === null}
        />
      </div>
      {problem && <p className={classes.problem}>{problem}</p>}
      {frozenSets.length > 0 && (
        <Pill.Group>
          {frozenSets.map((set) => (
            <Pill
              withRemoveButton
              removeButtonProps={{ "aria-label": `Remove ${nameOfVersion(set)}`, "aria-hidden": false, tabIndex: 0 }}
              onRemove={() => onChange(frozenSets.filter((other) => other !== set))}
              key={`${set.dataset} ${set.digest}`}
            >
              {nameOfVersion(set)}
            </Pill>
          ))}
        </Pill.Group>
      )}
    </>
  );
}
