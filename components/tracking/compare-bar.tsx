"use client";

import { Button } from "@mantine/core";
import { IconGitCompare } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { SelectionBar } from "#components/ui/selection-bar.tsx";
import { compareHref, compareLimits } from "./compare-view.ts";

/** The bar for chosen runs: compare two to ten of them. Key C. */
export function CompareBar({ selected, onClear }: { selected: readonly string[]; onClear: () => void }) {
  const router = useRouter();
  const { least, most } = compareLimits;
  const why = selected.length < least ? "choose one more" : selected.length > most ? `at most ${most}` : undefined;
  const href = compareHref(selected);
  useEffect(() => {
    if (why) return;
    function listen(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "c" || !keysAreFree(event)) return;
      event.preventDefault();
      router.push(href);
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [why, href, router]);
  return (
    <SelectionBar count={selected.length} noun="run" onClear={onClear}>
      <Button
        size="xs"
        leftSection={<IconGitCompare size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["C"]} />}
        disabled={why !== undefined}
        onClick={() => router.push(href)}
      >
        Compare
      </Button>
      {why && <span className="lw-small lw-quiet">{why}</span>}
    </SelectionBar>
  );
}
