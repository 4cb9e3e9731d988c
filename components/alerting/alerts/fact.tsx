import type { ReactNode } from "react";

/** One line of a list of facts; it needs the list's own columns. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div style={{ display: "contents" }}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
