"use client";

import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { MetricGate } from "#server/develop/registry/policy/contract.ts";
import { DecisionBasisField } from "./decision-basis-field.tsx";
import classes from "./policy.module.css";

interface MetricGateFieldsProps {
  gate: MetricGate;
  /** Index in the list, used to name the fields. */
  index: number;
  onChange: (gate: MetricGate) => void;
  onRemove: () => void;
}

const rowsLabels: Record<MetricGate["rows"]["from"], string> = {
  nowhere: "unknown",
  number: "is fixed",
  run: "comes from run metric",
  dataset: "comes from the dataset used for",
};

/** Edits one metric gate: the value to reach, the maximum difference from a better champion, and the basis of the decision. */
export function MetricGateFields({ gate, index, onChange, onRemove }: MetricGateFieldsProps) {
  const isShare = gate.scale === "proportion";
  const factor = isShare ? 100 : 1;
  const set = (change: Partial<MetricGate>) => onChange({ ...gate, ...change });
  const number = (value: string | number) => (value === "" ? null : Number((Number(value) / factor).toPrecision(12)));
  const shown = (value: number | null) => (value === null ? "" : Number((value * factor).toPrecision(12)));
  return (
    <fieldset className={`${classes.group} ${classes.gate}`} aria-label={`Metric ${index}`}>
      <div className={classes.three}>
        <TextInput
          label="Metric"
          placeholder="val_accuracy"
          value={gate.metric}
          onChange={(event) => set({ metric: event.currentTarget.value })}
        />
        <NativeSelect
          label="Type"
          data={[
            { value: "proportion", label: "a proportion, in %" },
            { value: "number", label: "a number" },
          ]}
          value={gate.scale}
          onChange={(event) => set({ scale: event.currentTarget.value as MetricGate["scale"] })}
        />
        <NativeSelect
          label="Better"
          data={["higher", "lower"]}
          value={gate.better}
          onChange={(event) => set({ better: event.currentTarget.value as MetricGate["better"] })}
        />
      </div>
      <div className={classes.three}>
        <NumberInput
          label={gate.better === "higher" ? "At least" : "At most"}
          placeholder="any"
          suffix={isShare ? "%" : ""}
          value={shown(gate.bound)}
          onChange={(value) => set({ bound: number(value) })}
        />
        <NumberInput
          label="Max regression"
          placeholder="not compared with champion"
          min={0}
          suffix={isShare ? " pp" : ""}
          value={shown(gate.margin)}
          onChange={(value) => set({ margin: number(value) })}
        />
        <DecisionBasisField value={gate.judge} onChange={(decisionBasis) => set({ judge: decisionBasis })} />
      </div>
      {isShare && (
        <div className={classes.three}>
          <NativeSelect
            label="Sample size"
            data={Object.entries(rowsLabels).map(([value, label]) => ({ value, label }))}
            value={gate.rows.from}
            onChange={(event) => set({ rows: emptyRows(event.currentTarget.value as MetricGate["rows"]["from"]) })}
          />
          <RowsField rows={gate.rows} onChange={(rows) => set({ rows })} />
        </div>
      )}
      <div>
        <Button variant="default" size="xs" onClick={onRemove}>
          Remove metric gate
        </Button>
      </div>
    </fieldset>
  );
}

function emptyRows(from: MetricGate["rows"]["from"]): MetricGate["rows"] {
  if (from === "number") return { from, count: 1000 };
  if (from === "run") return { from, key: "test_rows" };
  return from === "dataset" ? { from, context: "validation" } : { from };
}

function RowsField({ rows, onChange }: { rows: MetricGate["rows"]; onChange: (rows: MetricGate["rows"]) => void }) {
  if (rows.from === "nowhere") return null;
  if (rows.from === "number") {
    const count = (value: string | number) => onChange({ from: "number", count: Number(value) });
    return <NumberInput label="Rows" min={1} allowDecimal={false} value={rows.count} onChange={count} />;
  }
  if (rows.from === "run") {
    return (
      <TextInput
        label="Parameter or metric"
        value={rows.key}
        onChange={(event) => onChange({ from: "run", key: event.currentTarget.value })}
      />
    );
  }
  return (
    <TextInput
      label="Context"
      value={rows.context}
      onChange={(event) => onChange({ from: "dataset", context: event.currentTarget.value })}
    />
  );
}
