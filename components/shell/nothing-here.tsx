import Link from "next/link";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";

/** An address that leads nowhere. */
export function NothingHere() {
  return (
    <Panel flush>
      <h1 className="lw-hidden">Nothing is at this address</h1>
      <EmptyState title="Nothing is at this address" action={<Link href="/overview">To the overview</Link>}>
        It was deleted or renamed, belongs to another workspace, or the address has a mistake.
      </EmptyState>
    </Panel>
  );
}
