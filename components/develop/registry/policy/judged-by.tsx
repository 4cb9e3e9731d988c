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
      label="Decision based on"
      data={[
        { value: "interval", label: "the full confidence interval" },
        { value: "point", label: "the point estimate" },
      ]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Judge)}
    />
  );
}
