import { StatusShape } from "#components/ui/status-shape.tsx";
import classes from "./shown.module.css";
import type { ShownField } from "./shown-fields.ts";

interface RowFieldsProps {
  fields: readonly ShownField[];
  label: string;
  /** Field that the keys J and K have reached. */
  current?: number | null;
  /** Columns that the project hides until they are asked for. */
  hidden?: readonly string[];
  onShow?: (field: string) => void;
  /** Columns whose values have become more frequent than in the reference. */
  drifted?: readonly string[] | undefined;
}

/** Renders the fields of a row. */
export function RowFields({ fields, label, current, hidden = [], onShow, drifted = [] }: RowFieldsProps) {
  return (
    <table className={classes.fields} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ name, text }, index) => (
          <tr
            data-current={index === current || undefined}
            ref={(row) => {
              if (index === current) row?.scrollIntoView({ block: "nearest" });
            }}
            key={name}
          >
            <th scope="row">
              {name}
              {drifted.includes(name) && (
                <span className={classes.drift}>
                  <StatusShape state="watch" /> drift
                </span>
              )}
            </th>
            <td>{text}</td>
          </tr>
        ))}
        {hidden.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <button className={classes.show} type="button" onClick={() => onShow?.(name)}>
                hidden; show…
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
