"use client";

import { useRouter } from "next/navigation";
import { ScatterChart } from "#components/charts/scatter-chart.tsx";
import type { FeatureReport } from "#server/watch/monitoring/drift/report/contract.ts";

interface QuadrantChartProps {
  features: readonly Pick<FeatureReport, "name" | "role" | "state" | "excess" | "psi" | "importance" | "correlation">[];
  /** Path of each feature's section on the page, by its name. */
  hrefs: Readonly<Record<string, string>>;
}

/** Renders features by drift and importance: top right matters most. Drifting ones are named; tinted by correlation with lost quality. */
export function QuadrantChart({ features, hrefs }: QuadrantChartProps) {
  const router = useRouter();
  const inputs = features.filter(({ role }) => role === "input");
  const isCorrelated = inputs.some(({ correlation }) => correlation !== null);
  return (
    <ScatterChart
      title="Drift and importance"
      subtitle={`right of 1, drift is above the threshold${isCorrelated ? "" : "; correlation with lost quality is available after 8 windows"}`}
      noun="feature"
      height={320}
      rows={inputs.map(({ name, state, psi, excess, importance, correlation }, at) => ({
        id: name,
        label: name,
        index: state === "drift" || state === "expected" ? at % 6 : undefined,
        values: {
          drift: psi === null ? undefined : excess,
          importance: importance ?? undefined,
          correlation: correlation ?? undefined,
        },
      }))}
      x={{ key: "drift", label: "Drift, relative to threshold" }}
      y={{ key: "importance", label: "Importance" }}
      colour={isCorrelated ? { key: "correlation", label: "Correlation with lost quality" } : undefined}
      onOpen={(name) => {
        const href = hrefs[name];
        if (href) router.push(href, { scroll: false });
      }}
    />
  );
}
