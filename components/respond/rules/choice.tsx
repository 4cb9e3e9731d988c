"use client";

import { Checkbox } from "@mantine/core";
import classes from "#components/alerting/alerts/alerts.module.css";

interface ChoiceProps<Value extends string> {
  label: string;
  value: readonly Value[];
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value[]) => void;
  error?: string | undefined;
}

/** Renders a multiple choice with few options. */
export function Choice<Value extends string>({ label, value, options, onChange, error }: ChoiceProps<Value>) {
  return (
    <Checkbox.Group label={label} value={[...value]} onChange={(next) => onChange(next as Value[])} error={error}>
      <div className={classes.choices}>
        {options.map((option) => (
          <Checkbox key={option.value} value={option.value} label={option.label} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
