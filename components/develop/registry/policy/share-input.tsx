import { NumberInput } from "@mantine/core";

interface ShareInputProps {
  label: string;
  /** From 0 to 1. */
  share: number;
  onChange: (share: number) => void;
}

/** Renders a share, entered in percent. */
export function ShareInput({ label, share, onChange }: ShareInputProps) {
  return (
    <NumberInput
      label={label}
      suffix="%"
      min={0}
      max={100}
      value={Number((share * 100).toPrecision(12))}
      onChange={(value) => onChange(Number(value) / 100)}
    />
  );
}
