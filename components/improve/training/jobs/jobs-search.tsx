"use client";

import { useRouter } from "next/navigation";
import { FilterBar } from "#components/ui/filter-bar.tsx";
import { jobsPath } from "../addresses.ts";
import classes from "./jobs.module.css";

/** Searches jobs by a part of their name, id, template or engine; the address keeps it. */
export function JobsSearch({ value, state }: { value: string; state: string }) {
  const router = useRouter();
  return (
    <div className={classes.search}>
      <FilterBar
        value={value}
        label="Search jobs"
        placeholder="Name, id, template or engine"
        onSubmit={(q) => {
          const query = new URLSearchParams({ ...(state !== "all" && { state }), ...(q && { q }) });
          router.push(query.size === 0 ? jobsPath : `${jobsPath}?${query}`, { scroll: false });
        }}
      />
    </div>
  );
}
