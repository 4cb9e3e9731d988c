import { NativeSelect } from "@mantine/core";

type Judge = "interval" | "point";

interface JudgedByProps {
  value: Judge;
  onChange: (judge: Judge) => void;
}

/** Whether a gate's limit is held by the whole interval of what was measured, or by the value alone. */
export function JudgedBy({ value, onChange }: JudgedByProps) {
  return (
    <NativeSelect
      label="Judged by"
      data={[
        { value: "interval", label: "the whole interval" },
        { value: "point", label: "the measured value" },
      ]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Judge)}
    />
  );
}
