"use client";

import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { newRolloutHref } from "./addresses.ts";

interface RollOutButtonProps {
  /** Left to the page if it is omitted. */
  endpoint?: string;
  model?: string;
  version?: number;
  /** Whether the label names the endpoint, for pages with several endpoints: "Roll out to digits…". */
  withName?: boolean;
  /** The one primary button of the page. */
  primary?: boolean;
}

/** Leads to the page that starts a rollout; also in the palette. */
export function RollOutButton({ endpoint, model, version, withName, primary = false }: RollOutButtonProps) {
  const router = useRouter();
  const href = newRolloutHref({
    ...(endpoint !== undefined && { endpoint }),
    ...(model !== undefined && { model }),
    ...(version !== undefined && { version }),
  });
  const subject = model ? `Roll out ${model}…` : "New rollout…";
  const named = endpoint ? `Roll out to ${endpoint}…` : subject;
  const plain = endpoint ? "Start a rollout…" : model ? "Roll out…" : "New rollout";
  const label = withName ? named : plain;
  usePaletteActions(
    useMemo(
      () => [{ id: `roll-out-${endpoint ?? model ?? ""}`, label: named, onRun: () => router.push(href) }],
      [endpoint, model, named, href, router],
    ),
  );
  return (
    <ButtonLink
      href={href}
      variant={primary ? "filled" : "default"}
      leftSection={<IconArrowsSplit2 size={15} stroke={1.8} aria-hidden="true" />}
    >
      {label}
    </ButtonLink>
  );
}
