"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { keysAreFree } from "#components/ui/keys.ts";

interface EvaluationKeysProps {
  /** Addresses of the tabs, in their order. */
  tabs: readonly string[];
  /** Address of the comparison with both versions swapped. */
  swapHref: string | undefined;
}

/** Handles the keys of an evaluation: 1 to 7 open tabs, B swaps the versions. */
export function EvaluationKeys({ tabs, swapHref }: EvaluationKeysProps) {
  const router = useRouter();
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (!keysAreFree(event)) return;
      const href = event.key.toLowerCase() === "b" ? swapHref : tabs[Number(event.key) - 1];
      if (!href) return;
      event.preventDefault();
      router.push(href, { scroll: false });
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [router, tabs, swapHref]);
  return null;
}
