"use client";

import { useRouter } from "next/navigation";
import { ScatterChart } from "#components/charts/scatter-chart.tsx";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { currencySign } from "#server/watch/cost/contract.ts";
import type { EndpointCosts } from "#server/watch/cost/endpoint/contract.ts";

/** Renders versions by cost and correctness, coloured by latency; Pareto-optimal ones are labelled. */
export function VariantsChart({ costs: { versions, currency } }: { costs: EndpointCosts }) {
  const router = useRouter();
  const hasUnserved = versions.some(({ measuredBy }) => measuredBy !== null);
  return (
    <ScatterChart
      title="Quality, latency and cost"
      subtitle={`labelled versions are Pareto-optimal${hasUnserved ? "; diamonds were not deployed: measured by load tests, references or gates" : ""}`}
      noun="version"
      rows={versions.map(({ versionId, modelName, version, isOnFront, ...one }, at) => ({
        id: versionId,
        label: `${modelName} v${version}`,
        index: isOnFront ? at % 6 : undefined,
        isOther: one.measuredBy !== null,
        values: {
          cost: one.perThousand ?? undefined,
          right: one.correctShare === null ? undefined : Number((one.correctShare * 100).toPrecision(3)),
          latency: one.latencyMsP95 ?? undefined,
        },
      }))}
      x={{ key: "cost", label: `Cost per 1,000, ${currencySign(currency) || "no prices set"}` }}
      y={{ key: "right", label: "Accuracy, %" }}
      colour={{ key: "latency", label: "p95, ms" }}
      onOpen={(id) => {
        const open = versions.find(({ versionId }) => versionId === id);
        if (open) router.push(versionHref(open.modelName, open.version));
      }}
      height={300}
    />
  );
}
