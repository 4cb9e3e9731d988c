"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { formatUntil } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { NextShift } from "./board-types.ts";

interface NothingFiresProps {
  lastPageAt: number | null;
  isFiltered: boolean;
  nextShift: NextShift;
  /** Pages the reader. */
  onTest: () => Promise<void>;
}

/** Renders the state of an empty queue: the last page, the next shift, and a page to test the way to the reader. */
export function NothingFires({ lastPageAt, isFiltered, nextShift, onTest }: NothingFiresProps) {
  const now = useNow(60_000);
  const zone = useHydrated() ? undefined : "UTC";
  const [isBusy, setBusy] = useState(false);
  if (isFiltered) return <EmptyState title="No matching items">Show all to see other open items.</EmptyState>;
  return (
    <EmptyState
      title="Nothing is firing"
      action={
        <Button
          variant="default"
          loading={isBusy}
          onClick={async () => {
            setBusy(true);
            await onTest();
            setBusy(false);
          }}
        >
          Send a test page
        </Button>
      }
    >
      <p>
        {lastPageAt === null ? (
          <>
            No pages yet. <Link href="/slos">SLOs</Link> determine who is paged.
          </>
        ) : (
          <>
            Last page <RelativeTime at={lastPageAt} />.
          </>
        )}
      </p>
      <p>
        {nextShift ? (
          <>
            Next shift: {nextShift.name} in {nextShift.schedule}, {formatUntil(Date.parse(nextShift.from), now, zone)}.
          </>
        ) : (
          <>
            No further shift is planned. <Link href="/on-call/schedules">Schedules</Link> show who is on call.
          </>
        )}
      </p>
    </EmptyState>
  );
}
