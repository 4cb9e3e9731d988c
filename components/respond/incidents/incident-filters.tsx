"use client";

import { NativeSelect } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { causeKinds, incidentSeverities } from "#server/respond/incidents/constants.ts";
import { causeLabels } from "./incident-text.ts";
import classes from "./incidents.module.css";

const scopes = [
  { value: "", label: "All states" },
  { value: "open", label: "Ongoing" },
  { value: "over", label: "Ended" },
];

/** Filters the list of incidents; the filters are stored in the URL. */
export function IncidentFilters({ endpoints }: { endpoints: readonly string[] }) {
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams();
  const choices = [
    { name: "show", label: "State", data: scopes },
    { name: "severity", label: "Severity", data: [{ value: "", label: "All severities" }, ...incidentSeverities] },
    {
      name: "cause",
      label: "Cause",
      data: [{ value: "", label: "All causes" }, ...causeKinds.map((value) => ({ value, label: causeLabels[value] }))],
    },
    { name: "endpoint", label: "Endpoint", data: [{ value: "", label: "All endpoints" }, ...endpoints] },
  ];
  function choose(name: string, value: string) {
    const next = new URLSearchParams(query);
    next.delete("before");
    if (value) next.set(name, value);
    else next.delete(name);
    router.replace(next.size > 0 ? `${path}?${next}` : path, { scroll: false });
  }
  return (
    <search className={classes.filters} aria-label="Filter incidents">
      {choices.map(({ name, label, data }) => (
        <NativeSelect
          aria-label={label}
          data={data}
          value={query.get(name) ?? ""}
          onChange={(event) => choose(name, event.currentTarget.value)}
          key={name}
        />
      ))}
    </search>
  );
}
