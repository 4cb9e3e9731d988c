"use client";

import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { usePaletteActions } from "#components/shell/shell-context.tsx";
import { newTrainingSetPath } from "../addresses/training-set-href.ts";
import { usePageKey } from "./use-page-key.ts";

/** Opens the page that creates a training set by key T, and from the palette. */
export function FeatureKeys() {
  const router = useRouter();
  usePageKey("T", () => router.push(newTrainingSetPath));
  usePaletteActions(
    useMemo(
      () => [
        {
          id: "create-training-set",
          label: "Create training set…",
          keys: ["T"],
          onRun: () => router.push(newTrainingSetPath),
        },
      ],
      [router],
    ),
  );
  return null;
}
