import { NativeSelect } from "@mantine/core";

type DecisionBasis = "interval" | "point";

interface DecisionBasisFieldProps {
  value: DecisionBasis;
  onChange: (decisionBasis: DecisionBasis) => void;
}

/** Selects whether the full interval of the measurement or only the point estimate must satisfy a gate's limit. */
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
