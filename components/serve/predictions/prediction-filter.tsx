"use client";

import { useRouter } from "next/navigation";
import { predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { completeQuery } from "./complete-query.ts";
import classes from "./prediction-filter.module.css";

interface PredictionFilterProps {
  endpoint: string;
  q: string;
  error: FilterError | undefined;
  /** Numbers of the versions that were deployed. */
  versions: number[];
}

const views = [
  { label: "All", q: "" },
  { label: "Failed", q: "status = failed" },
  { label: "Low confidence", q: "loggedReason = low-confidence" },
  { label: "Incorrect", q: "label = wrong" },
  { label: "Unlabelled", q: "label = without" },
];

/** Renders the query of the log, which the address stores, and the most common queries. */
export function PredictionFilter({ endpoint, q, error, versions }: PredictionFilterProps) {
  const router = useRouter();
  return (
    <div className={classes.root}>
      <SegmentedLinks
        label="Quick filters"
        items={views.map((view) => ({
          label: view.label,
          href: predictionsHref(endpoint, { q: view.q }),
          current: view.q === q,
        }))}
      />
      <div className={classes.bar}>
        <FilterBar
          value={q}
          label="Filter predictions"
          placeholder="label = wrong and confidence < 0.6 and version = 3 and at > -24h"
          error={error}
          complete={async (query, caret) => completeQuery(query, caret, versions)}
          onSubmit={(query) => router.push(predictionsHref(endpoint, { q: query }))}
        />
      </div>
    </div>
  );
}
