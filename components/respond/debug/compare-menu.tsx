import { IconArrowsDiff } from "@tabler/icons-react";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import { comparisonLabels, comparisons, type DebugState, debugHref } from "./debug-state.ts";

/** Renders the menu of ranges that the board is compared with, stored in the address. */
export function CompareMenu({ endpoint, state }: { endpoint: string; state: DebugState }) {
  return (
    <ChoiceMenu
      icon={<IconArrowsDiff size={15} stroke={1.7} aria-hidden="true" />}
      chosen={`Compare with ${comparisonLabels[state.compare]}`}
      choices={comparisons.map((compare) => ({
        label: comparisonLabels[compare],
        href: debugHref(endpoint, state, { compare }),
      }))}
    />
  );
}
