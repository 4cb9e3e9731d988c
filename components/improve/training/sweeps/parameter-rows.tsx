"use client";

import { Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { FieldTable } from "#components/ui/field-table.tsx";
import type { TemplateParameter } from "#server/improve/training/contract.ts";
import { pickable, type SweepDraft, type Variation, type VariedDraft, variationsOf } from "./sweep-draft.ts";
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

function Values({ parameter, each, set }: ValuesProps) {
  const { name, kind } = parameter;
  const all = pickable(parameter);
  const field = (field: "value" | "values" | "min" | "max", label: string) => ({
    "aria-label": `${label} of ${name}`,
    value: each[field],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      set({ [field]: event.currentTarget.value }),
    autoComplete: "off",
    spellCheck: false,
  });
  if (each.varies === "values" && all) {
    return (
      <div>
        <fieldset className={classes.picks} aria-label={`Values of ${name}`}>
          {all.map((value) => (
            <Checkbox
              key={value}
              label={value}
              checked={each.picked.includes(value)}
              onChange={(event) =>
                set({
                  picked: event.currentTarget.checked
                    ? [...each.picked, value]
                    : each.picked.filter((other) => other !== value),
                })
              }
            />
          ))}
        </fieldset>
      </div>
    );
  }
  if (each.varies === "values") {
    return kind === "text" ? (
      <Textarea {...field("values", "Values")} placeholder="one per line" autosize minRows={2} maxRows={8} />
    ) : (
      <TextInput {...field("values", "Values")} placeholder="0.1, 0.2" />
    );
  }
  if (each.varies !== "fixed") {
    return (
      <div className={classes.range}>
        <TextInput {...field("min", "Minimum")} placeholder="min" />
        <TextInput {...field("max", "Maximum")} placeholder="max" />
      </div>
    );
  }
  if (!all) return <TextInput {...field("value", "Value")} />;
  return (
    <NativeSelect
      aria-label={`Value of ${name}`}
      data={all}
      value={each.value}
      onChange={(event) => set({ value: event.currentTarget.value })}
    />
  );
}
