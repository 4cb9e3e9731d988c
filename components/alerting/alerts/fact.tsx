import type { ReactNode } from "react";

/** Renders one line of a list of facts; it needs the list's columns. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div style={{ display: "contents" }}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
