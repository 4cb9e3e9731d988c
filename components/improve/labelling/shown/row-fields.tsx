import classes from "./shown.module.css";
import type { ShownField } from "./shown-fields.ts";

interface RowFieldsProps {
  fields: readonly ShownField[];
  label: string;
  /** Field that the keys J and K have reached. */
  current?: number | null;
}

/** Renders the fields of a row. */
export function RowFields({ fields, label, current }: RowFieldsProps) {
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
            <th scope="row">{name}</th>
            <td>{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
