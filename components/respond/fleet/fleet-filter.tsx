"use client";

import { useRouter } from "next/navigation";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { type FleetAddress, fleetHref } from "./views.ts";

interface FleetFilterProps {
  address: FleetAddress;
  error: FilterError | undefined;
  result: string;
}

/** Renders the filter of endpoints, which the address stores. */
export function FleetFilter({ address, error, result }: FleetFilterProps) {
  const router = useRouter();
  return (
    <FilterBar
      value={address.q}
      label="Filter endpoints"
      placeholder="a name, or owner = Payments and burn > 1"
      error={error}
      result={result}
      onSubmit={(q) => router.push(fleetHref({ ...address, q }))}
    />
  );
}
