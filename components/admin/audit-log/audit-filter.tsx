"use client";

import { useRouter } from "next/navigation";
import { FilterBar, type FilterError } from "#components/ui/filter-bar.tsx";
import { type AuditView, auditAddress } from "./audit-address.ts";

/** Renders the filter of the audit log, which the address stores. */
export function AuditFilter({ q, scope, error }: Pick<AuditView, "q" | "scope"> & { error: FilterError | undefined }) {
  const router = useRouter();
  return (
    <FilterBar
      value={q}
      label="Filter the audit log"
      placeholder={'actor = "Ines Duarte" and action ~ token and subject ~ digits and at > -7d'}
      error={error}
      onSubmit={(query) => router.push(auditAddress({ q: query, scope }))}
    />
  );
}
