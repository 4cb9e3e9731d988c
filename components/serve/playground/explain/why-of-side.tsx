import { Explanation } from "#server/serve/explain/contract.ts";
import type { ExplanationState } from "./use-explanations.ts";
import { largestOf } from "./why-scale.ts";
import { WhySection } from "./why-section.tsx";

interface WhyOfSideProps {
  states: Readonly<Record<number, ExplanationState>>;
  /** Side that is explained: 0 is A. */
  side: number;
}

/** Shows why the version of a side made its prediction, on the scale that all sides share. */
export function WhyOfSide({ states, side }: WhyOfSideProps) {
  const state = states[side];
  if (!state) return null;
  return (
    <WhySection
      state={state}
      explanation={explanationOf(state)}
      most={largestOf(Object.values(states).map(explanationOf))}
    />
  );
}

function explanationOf({ run }: ExplanationState): Explanation | undefined {
  return Explanation.safeParse(run?.result).data;
}
