"use client";

import { Button } from "@mantine/core";
import { IconGitCompare } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { compareHref, compareLimits } from "./compare-view.ts";

interface CompareButtonProps {
  selected: readonly string[];
  /** Places of the runs in the order of colours, which the comparison keeps; without, their order gives the colours. */
  places: ReadonlyMap<string, number> | undefined;
}

/** Compares two to ten chosen runs. Key C. */
export function CompareButton({ selected, places }: CompareButtonProps) {
  const router = useRouter();
  const { least, most } = compareLimits;
  const isTooFew = selected.length < least;
  const why =
    selected.length === 1 ? "select one more" : isTooFew || selected.length > most ? `${least} to ${most}` : undefined;
  const href = compareHref(selected, places);
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
    <>
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
    </>
  );
}
