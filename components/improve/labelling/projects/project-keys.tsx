"use client";

import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { usePaletteActions } from "#components/shell/shell-context.tsx";

/** Starts labelling by key L, and from the palette. */
export function ProjectKeys({ name, href }: { name: string; href: string }) {
  const router = useRouter();
  usePageKey("L", () => router.push(href));
  usePaletteActions(
    useMemo(
      () => [{ id: "start-labelling", label: `Label ${name}`, keys: ["L"], onRun: () => router.push(href) }],
      [router, name, href],
    ),
  );
  return null;
}
