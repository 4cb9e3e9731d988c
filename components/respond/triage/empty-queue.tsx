import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";

/** Renders the state of an empty queue: nothing is open. */
export function NothingBurns({ lastPageAt, isFiltered }: { lastPageAt: number | null; isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="No matching items">Show all to see other open items.</EmptyState>;
  return (
    <EmptyState title="All clear">
      {lastPageAt === null ? (
        <>
          No pages yet. <Link href="/slos">SLOs</Link> determine who is paged;{" "}
          <Link href="/on-call/schedules">schedules</Link> show who is on call.
        </>
      ) : (
        <>
          Last page <RelativeTime at={lastPageAt} />.
        </>
      )}
    </EmptyState>
  );
}
