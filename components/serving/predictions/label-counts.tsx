import Link from "next/link";
import { endpointSettingsHref } from "#components/serving/addresses.ts";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import type { CaptureSettings } from "#server/serving/capture/contract.ts";
import type { LabelCounts } from "#server/serving/labels/contract.ts";

interface LabelCountsLineProps {
  labels: LabelCounts;
  capture: CaptureSettings;
  endpoint: string;
}

/** What is kept for how long, and how the labels meet it. */
export function LabelCountsLine({ labels: { labels, replaced, unknown }, capture, endpoint }: LabelCountsLineProps) {
  const words = [
    `${plural(labels, "label")}`,
    ...(replaced > 0 ? [`${formatCount(replaced)} of them corrected`] : []),
    ...(unknown > 0 ? [`${formatCount(unknown)} for requests that are not in the log`] : []),
  ];
  return (
    <>
      {formatPercent(capture.share)} of the answered requests, kept for {plural(capture.keepDays, "day")};{" "}
      {labels === 0 ? "no label was reported yet" : words.join(", ")}.{" "}
      <Link href={`${endpointSettingsHref(endpoint)}#capture`}>Change what is kept</Link>
    </>
  );
}
