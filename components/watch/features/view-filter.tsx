"use client";

import { useRouter } from "next/navigation";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import classes from "./views-table.module.css";

/** Renders the filter of feature views, which the address stores. */
export function ViewFilter({
  q,
  error,
  result,
}: {
  q: string;
  error: FilterError | undefined;
  result: string | undefined;
}) {
  const router = useRouter();
  return (
    <div className={classes.filter}>
      <FilterBar
        value={q}
        label="Filter feature views"
        placeholder="a name, or state = late and age > 0.7"
        error={error}
        result={result}
        onSubmit={(query) => router.push(query ? `/features?q=${encodeURIComponent(query)}` : "/features")}
      />
    </div>
  );
}
