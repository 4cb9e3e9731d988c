"use client";

import { NativeSelect, TextInput } from "@mantine/core";
import type { TemplateParameter } from "#server/improve/training/contract.ts";
import classes from "../forms.module.css";

interface TemplateFieldsProps {
  parameters: readonly TemplateParameter[];
  values: Record<string, string>;
  before: Record<string, string>;
  changed: ReadonlySet<string>;
  complaints: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}

/** Renders a field for each parameter of a template; those that were changed are tinted and say what was there. */
export function TemplateFields({ parameters, values, before, changed, complaints, onChange }: TemplateFieldsProps) {
  if (parameters.length === 0) return <p className="lw-muted">This template has no parameters.</p>;
  return (
    <div className={classes.fields}>
      {parameters.map(({ name, kind, choices, min, max, help }) => {
        const isChanged = changed.has(name);
        const look = {
          label: name,
          description: isChanged ? `was ${before[name]}` : help || rangeOf(min, max),
          error: complaints[`parameters.${name}`],
          value: values[name] ?? "",
          ...(isChanged && classes.changed && { className: classes.changed }),
        };
        const set = (value: string) => onChange({ ...values, [name]: value });
        return kind === "choice" || kind === "boolean" ? (
          <NativeSelect
            {...look}
            key={name}
            data={kind === "boolean" ? ["true", "false"] : choices}
            onChange={(event) => set(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            {...look}
            key={name}
            inputMode={kind === "text" ? "text" : "decimal"}
            onChange={(event) => set(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        );
      })}
    </div>
  );
}

function rangeOf(min: number | null, max: number | null): string | undefined {
  if (min !== null && max !== null) return `${min} to ${max}`;
  if (min !== null) return `at least ${min}`;
  return max === null ? undefined : `at most ${max}`;
}
