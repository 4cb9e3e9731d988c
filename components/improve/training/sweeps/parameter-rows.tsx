"use client";

import { NativeSelect, TextInput } from "@mantine/core";
import { FieldTable } from "#components/ui/field-table.tsx";
import type { TemplateParameter } from "#server/improve/training/contract.ts";
import { type SweepDraft, type Variation, type VariedDraft, variationsOf } from "./sweep-draft.ts";
import classes from "./sweeps.module.css";

const labels: Record<Variation, string> = {
  fixed: "one value",
  values: "list of values",
  range: "range",
  log: "range, log scale",
};

interface ParameterRowsProps {
  parameters: readonly TemplateParameter[];
  draft: SweepDraft;
  complaints: Record<string, string>;
  onChange: (parameters: SweepDraft["parameters"]) => void;
}

/** Renders a row for each parameter of a template: how it varies, and between what. */
export function ParameterRows({ parameters, draft, complaints, onChange }: ParameterRowsProps) {
  return (
    <FieldTable label="Parameters" heads={["Parameter", "Varies over", "Values"]} fixed flush>
      {parameters.map((parameter) => {
        const { name, kind, help } = parameter;
        const each = draft.parameters[name];
        if (!each) return null;
        const set = (part: Partial<VariedDraft>) => onChange({ ...draft.parameters, [name]: { ...each, ...part } });
        return (
          <tr key={name}>
            <td>
              <span title={help || undefined}>
                <code>{name}</code>
              </span>
            </td>
            <td className={classes.varies}>
              <NativeSelect
                aria-label={`How ${name} varies`}
                data={variationsOf(kind, draft.kind).map((value) => ({ value, label: labels[value] }))}
                value={each.varies}
                onChange={(event) => set({ varies: event.currentTarget.value as Variation })}
              />
            </td>
            <td className={classes.values}>
              <Values parameter={parameter} each={each} set={set} />
              {complaints[name] && (
                <span className={`${classes.problem} lw-small`} role="alert">
                  {complaints[name]}
                </span>
              )}
            </td>
          </tr>
        );
      })}
    </FieldTable>
  );
}

interface ValuesProps {
  parameter: TemplateParameter;
  each: VariedDraft;
  set: (part: Partial<VariedDraft>) => void;
}

function Values({ parameter: { name, kind, choices }, each, set }: ValuesProps) {
  const text = (field: "value" | "values" | "min" | "max", label: string, placeholder?: string) => (
    <TextInput
      aria-label={`${label} of ${name}`}
      placeholder={placeholder}
      value={each[field]}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
      autoComplete="off"
      spellCheck={false}
    />
  );
  if (each.varies === "values") return text("values", "Values", "0.1, 0.2");
  if (each.varies !== "fixed") {
    return (
      <div className={classes.range}>
        {text("min", "Minimum", "min")}
        {text("max", "Maximum", "max")}
      </div>
    );
  }
  if (kind !== "choice" && kind !== "boolean") return text("value", "Value");
  return (
    <NativeSelect
      aria-label={`Value of ${name}`}
      data={kind === "boolean" ? ["true", "false"] : choices}
      value={each.value}
      onChange={(event) => set({ value: event.currentTarget.value })}
    />
  );
}
