import Link from "next/link";
import { endpointSettingsHref } from "#components/serve/endpoints/addresses.ts";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import type { CaptureSettings } from "#server/serve/capture/contract.ts";
import type { LabelCounts } from "#server/serve/labels/contract.ts";

interface LabelCountsLineProps {
  labels: LabelCounts;
  capture: CaptureSettings;
  endpoint: string;
}

/** What is kept for how long, and how the labels meet it. */
export function LabelCountsLine({ labels: { labels, replaced, unknown }, capture, endpoint }: LabelCountsLineProps) {
  const words = [
    `${plural(labels, "label")}`,
    ...(replaced > 0 ? [`${formatCount(replaced)} of them corrected later`] : []),
    ...(unknown > 0 ? [`${formatCount(unknown)} without a logged request`] : []),
  ];
  return (
    <>
      {formatPercent(capture.share)} of successful requests, kept for {plural(capture.retentionDays, "day")};{" "}
      {labels === 0 ? "no labels received yet" : words.join(", ")}.{" "}
      <Link href={`${endpointSettingsHref(endpoint)}#capture`}>Logging settings</Link>
    </>
  );
}
