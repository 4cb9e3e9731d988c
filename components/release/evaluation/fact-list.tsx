import type { ReactNode } from "react";
import classes from "./evaluation.module.css";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Renders names with their values. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ name, value }) => (
        <div style={{ display: "contents" }} key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
