"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";

/** Renders the search for groups, which the address stores: matchers, or a part of the title. */
export function GroupSearch({ q, error }: { q: string; error: FilterError | undefined }) {
  const router = useRouter();
  const query = useSearchParams();
  function search(text: string) {
    const next = new URLSearchParams(query);
    next.delete("cursor");
    if (text.trim()) next.set("q", text.trim());
    else next.delete("q");
    router.push(next.size > 0 ? `/alerts?${next}` : "/alerts");
  }
  return (
    <FilterBar
      value={q}
      label="Search alert groups"
      placeholder={'service="card-fraud", severity=~"page|critical" or words in the title'}
      error={error}
      onSubmit={search}
    />
  );
}
