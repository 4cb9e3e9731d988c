"use client";

import { Button, Checkbox } from "@mantine/core";
import type { ReactNode } from "react";
import { type GateSetting, gateName, gateSettings, gateTitle } from "#server/develop/registry/policy/contract.ts";
import { ConsistencyGateFields } from "./consistency-gate-fields.tsx";
import { type GateSet, newEvaluationGate } from "./evaluation-gate-draft.ts";
import { EvaluationGateFields } from "./evaluation-gate-fields.tsx";
import { LatencyGateFields } from "./latency-gate-fields.tsx";
import { MetricGateFields } from "./metric-gate-fields.tsx";
import classes from "./policy.module.css";
import { ReplayGateFields } from "./replay-gate-fields.tsx";

interface PolicyGatesProps {
  gates: GateSetting[];
  /** Frozen sets that gates may be on. */
  sets: readonly GateSet[];
  onChange: (gates: GateSetting[]) => void;
}

/** Gate kinds that a checklist may contain several times with separate settings, in display order. */
const kindsWithFields = ["evaluation", "metric", "latency", "replay", "consistency"] as const;
type KindWithFields = (typeof kindsWithFields)[number];
type GateOf<Kind extends GateSetting["kind"]> = Extract<GateSetting, { kind: Kind }>;

interface FieldsProps<Kind extends KindWithFields> {
  gate: GateOf<Kind>;
  index: number;
  sets: readonly GateSet[];
  onChange: (gate: GateOf<Kind>) => void;
  onRemove: () => void;
}

const fieldsOf: { [Kind in KindWithFields]: (props: FieldsProps<Kind>) => ReactNode } = {
  evaluation: EvaluationGateFields,
  metric: MetricGateFields,
  latency: LatencyGateFields,
  replay: ReplayGateFields,
  consistency: ConsistencyGateFields,
};

const newGates: { [Kind in Exclude<KindWithFields, "evaluation">]: { words: string; gate: GateOf<Kind> } } = {
  metric: {
    words: "Add metric gate",
    gate: {
      kind: "metric",
      metric: "",
      better: "higher",
      bound: null,
      margin: 0.01,
      scale: "proportion",
      rows: { from: "nowhere" },
      seeds: "none",
      judge: "interval",
      confidence: 0.95,
    },
  },
  latency: {
    words: "Add latency gate",
    gate: gateSettings.latency.parse({ kind: "latency", requestsPerSecond: 50, limitMs: 50 }),
  },
  replay: { words: "Add replay gate", gate: gateSettings.replay.parse({ kind: "replay" }) },
  consistency: { words: "Add consistency gate", gate: gateSettings.consistency.parse({ kind: "consistency" }) },
};

function hasFields(kind: GateSetting["kind"]): kind is KindWithFields {
  return kindsWithFields.some((each) => each === kind);
}

/** Gates that are on the checklist or not, without settings of their own. */
const plainGates = (Object.keys(gateSettings) as GateSetting["kind"][])
  .filter((kind) => !hasFields(kind))
  .flatMap((kind) => (gateSettings[kind].safeParse({ kind }).data as GateSetting | undefined) ?? []);

/** Renders the editable checklist of a policy. */
export function PolicyGates({ gates, sets, onChange }: PolicyGatesProps) {
  const [newest] = sets;
  return (
    <fieldset className={classes.group}>
      <legend>Gates</legend>
      <div className={classes.choices}>
        {plainGates.map((gate) => {
          const isOn = gates.some(({ kind }) => kind === gate.kind);
          const rest = gates.filter(({ kind }) => kind !== gate.kind);
          return (
            <Checkbox
              label={gateTitle(gate)}
              checked={isOn}
              onChange={() => onChange(isOn ? rest : [gate, ...rest])}
              key={gateName(gate)}
            />
          );
        })}
      </div>
      {kindsWithFields.map((kind) => (
        <GatesOfKind kind={kind} gates={gates} sets={sets} onChange={onChange} key={kind} />
      ))}
      <div className={classes.choices}>
        {newest && (
          <Button variant="default" size="xs" onClick={() => onChange([...gates, newEvaluationGate(newest)])}>
            Add evaluation gate
          </Button>
        )}
        {(Object.keys(newGates) as (keyof typeof newGates)[]).map((kind) => (
          <Button variant="default" size="xs" onClick={() => onChange([...gates, newGates[kind].gate])} key={kind}>
            {newGates[kind].words}
          </Button>
        ))}
      </div>
      {!newest && <p className="lw-small lw-quiet">An evaluation gate needs a frozen evaluation set.</p>}
    </fieldset>
  );
}

function GatesOfKind<Kind extends KindWithFields>({ kind, gates, sets, onChange }: PolicyGatesProps & { kind: Kind }) {
  const Fields = fieldsOf[kind] as (props: FieldsProps<Kind>) => ReactNode;
  return gates
    .map((gate, index) => ({ gate, index }))
    .filter(({ gate }) => gate.kind === kind)
    .map(({ gate, index }, position) => (
      <Fields
        gate={gate as GateOf<Kind>}
        index={position + 1}
        sets={sets}
        onChange={(changed) => onChange(gates.with(index, changed))}
        onRemove={() => onChange(gates.toSpliced(index, 1))}
        // Two may have one name while they are typed.
        key={index}
      />
    ));
}
