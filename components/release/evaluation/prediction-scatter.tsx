"use client";

import { useRouter } from "next/navigation";
import { ScatterChart } from "#components/charts/scatter-chart.tsx";

interface PredictionScatterProps {
  points: readonly { row: number; label: number; prediction: number }[];
  /** Rows with the highest loss first, which a click opens. */
  rowsHref: string;
}

/** Charts predictions by label. */
export function PredictionScatter({ points, rowsHref }: PredictionScatterProps) {
  const router = useRouter();
  return (
    <ScatterChart
      title="Predictions by label"
      subtitle={`${points.length} rows, evenly over the set`}
      noun="row"
      height={320}
      rows={points.map(({ row, label, prediction }) => ({
        id: String(row),
        label: `row ${row}`,
        values: { label, prediction },
      }))}
      x={{ key: "label", label: "label" }}
      y={{ key: "prediction", label: "prediction" }}
      colour={undefined}
      onOpen={() => router.push(rowsHref)}
    />
  );
}
