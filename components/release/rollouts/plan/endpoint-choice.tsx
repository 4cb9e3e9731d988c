"use client";

import { Select } from "@mantine/core";
import { useRouter } from "next/navigation";
import { newRolloutHref } from "../addresses.ts";

/** Chooses the endpoint of a new rollout, by typing a part of its name; the version and the plan start again with their defaults. */
export function EndpointChoice({ endpoint, names }: { endpoint: string; names: readonly string[] }) {
  const router = useRouter();
  return (
    <Select
      aria-label="Endpoint"
      data={[...names]}
      value={endpoint}
      onChange={(value) => value && router.replace(newRolloutHref({ endpoint: value }), { scroll: false })}
      allowDeselect={false}
      searchable
      w={240}
    />
  );
}
