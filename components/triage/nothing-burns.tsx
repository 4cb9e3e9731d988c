import Link from "next/link";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";

/** The good state: nothing is open. */
export function NothingBurns({ lastPageAt, isFiltered }: { lastPageAt: number | null; isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="Nothing of this kind is open">Show all to see what else burns.</EmptyState>;
  return (
    <EmptyState title="Nothing is burning.">
      {lastPageAt === null ? (
        <>
          Nobody was ever paged here. <Link href="/slos">SLOs</Link> say what would page whom;{" "}
          <Link href="/on-call/schedules">schedules</Link> say who is on call.
        </>
      ) : (
        <>
          Last page <RelativeTime at={lastPageAt} />.
        </>
      )}
    </EmptyState>
  );
}
