import { IconArrowsDiff, IconClock } from "@tabler/icons-react";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import { comparisonLabels, comparisons, type DebugState, debugHref, debugRanges } from "./debug-state.ts";
import { SpanText } from "./span-text.tsx";

const sinceDeploy = { key: "deploy", words: "Since last deployment" };
const spans = [...debugRanges.map(({ key, label }) => ({ key, words: `Last ${label}` })), sinceDeploy];

/** Renders the time range of the board and its comparison range, both stored in the address. */
export function SpanMenus({ endpoint, state }: { endpoint: string; state: DebugState }) {
  const known = spans.find(({ key }) => key === state.range);
  const to = (change: Partial<DebugState>) => debugHref(endpoint, state, change);
  return (
    <>
      <ChoiceMenu
        icon={<IconArrowsDiff size={15} stroke={1.7} aria-hidden="true" />}
        chosen={`Compare with ${comparisonLabels[state.compare]}`}
        choices={comparisons.map((compare) => ({ label: comparisonLabels[compare], href: to({ compare }) }))}
      />
      <ChoiceMenu
        icon={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
        chosen={known?.words ?? <SpanText span={state} />}
        choices={spans.map(({ key, words }) => ({ label: words, href: to({ range: key, cell: null }) }))}
      />
    </>
  );
}
