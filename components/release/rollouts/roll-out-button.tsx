"use client";

import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { newRolloutHref } from "./addresses.ts";

interface RollOutButtonProps {
  endpoint: string;
  model?: string;
  version?: number;
  /** Whether the label names the endpoint, for pages with several endpoints: "Roll out to digits…". */
  withName?: boolean;
}

/** Leads to the page that plans a rollout; also in the palette. */
export function RollOutButton({ endpoint, model, version, withName }: RollOutButtonProps) {
  const router = useRouter();
  const href = newRolloutHref({
    endpoint,
    ...(model !== undefined && { model }),
    ...(version !== undefined && { version }),
  });
  const label = withName ? `Roll out to ${endpoint}…` : "Roll out…";
  usePaletteActions(
    useMemo(
      () => [{ id: `roll-out-${endpoint}`, label: `Roll out to ${endpoint}…`, onRun: () => router.push(href) }],
      [endpoint, href, router],
    ),
  );
  return (
    <ButtonLink
      href={href}
      variant="default"
      leftSection={<IconArrowsSplit2 size={15} stroke={1.8} aria-hidden="true" />}
    >
      {label}
    </ButtonLink>
  );
}
