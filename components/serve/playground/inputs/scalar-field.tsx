"use client";

import { Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import { describeField, type Field, warningOf } from "#components/serve/tensors/fields.ts";
import classes from "./scalar-field.module.css";

type ScalarFieldSpec = Exclude<Field, { kind: "image" }>;

interface ScalarFieldProps {
  field: ScalarFieldSpec;
  /** As it was typed. */
  text: string;
  value: InputValue | undefined;
  problem: string | undefined;
  onText: (text: string) => void;
}

/** Renders the name and type of an input. */
export function FieldLabel({ field }: { field: Field }) {
  return (
    <>
      {field.name} <code className="lw-quiet">{field.note}</code>
    </>
  );
}

/** Renders one input other than an image: number, choice, text, flag or list. Errors name the limit; an unusual value only warns. */
export function ScalarField({ field, text, value, problem, onText }: ScalarFieldProps) {
  const { unit } = field.hint;
  const description = describeField(field);
  const warning = problem ? undefined : warningOf(field, value?.data[0]);
  const common = {
    label: <FieldLabel field={field} />,
    description: (description || warning) && <Below description={description} warning={warning} />,
    error: problem,
    inputWrapperOrder: ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[],
  };
  if (field.kind === "flag") {
    return (
      <Checkbox
        label={<FieldLabel field={field} />}
        description={description}
        checked={value?.data[0] === true}
        onChange={(event) => onText(String(event.currentTarget.checked))}
      />
    );
  }
  if (field.kind === "choice") {
    // A value from JSON or from production may be a level that the training data did not contain.
    const levels = field.levels.includes(text) ? field.levels : [text, ...field.levels];
    return (
      <Select
        {...common}
        data={levels.map((level) => ({ value: level, label: level || "(empty)" }))}
        value={text}
        onChange={(level) => level !== null && onText(level)}
        allowDeselect={false}
        searchable={levels.length > 10}
      />
    );
  }
  if (field.kind === "list") {
    return (
      <Textarea
        {...common}
        className={classes.wide}
        autosize
        minRows={2}
        maxRows={8}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        placeholder={field.datatype === "BYTES" ? "one value per line" : "1, 2, 3"}
      />
    );
  }
  return (
    <TextInput
      {...common}
      inputMode={field.kind === "number" ? "decimal" : "text"}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      rightSection={unit && <span className="lw-small lw-quiet">{unit}</span>}
    />
  );
}

function Below({ description, warning }: { description: ReactNode; warning: string | undefined }) {
  return (
    <>
      {description}
      {warning && <span className={classes.warning}>{warning}</span>}
    </>
  );
}
