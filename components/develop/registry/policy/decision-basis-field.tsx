import { NativeSelect } from "@mantine/core";

type DecisionBasis = "interval" | "point";

interface DecisionBasisFieldProps {
  value: DecisionBasis;
  onChange: (decisionBasis: DecisionBasis) => void;
}

/** Whether a gate's limit is held by the whole interval of what was measured, or by the value alone. */
export function DecisionBasisField({ value, onChange }: DecisionBasisFieldProps) {
  return (
    <NativeSelect
      label="Decision based on"
      data={[
        { value: "interval", label: "the full confidence interval" },
        { value: "point", label: "the point estimate" },
      ]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as DecisionBasis)}
    />
  );
}
