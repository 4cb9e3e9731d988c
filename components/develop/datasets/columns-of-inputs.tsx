import { Select } from "@mantine/core";

interface ColumnsOfInputsProps {
  /** Inputs without a column of their name. */
  inputs: readonly string[];
  columns: string[];
  /** Column by input; "" is none. */
  named: Readonly<Record<string, string>>;
  setNamed: (named: Record<string, string>) => void;
  /** Placeholder shown while no column is selected. */
  placeholder: string;
  className: string | undefined;
}

/** Maps columns of a dataset to the inputs that have no column of the same name; renders nothing without such inputs. */
export function ColumnsOfInputs({ inputs, columns, named, setNamed, placeholder, className }: ColumnsOfInputsProps) {
  if (inputs.length === 0) return null;
  return (
    <div className={className}>
      {inputs.map((input) => (
        <Select
          key={input}
          label={`Column of ${input}`}
          placeholder={placeholder}
          data={columns}
          value={named[input] ?? null}
          onChange={(next) => setNamed({ ...named, [input]: next ?? "" })}
          searchable
          clearable
        />
      ))}
    </div>
  );
}
