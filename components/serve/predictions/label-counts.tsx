import { endpointSettingsHref } from "#components/serve/endpoints/addresses.ts";
import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import type { CaptureSettings } from "#server/serve/capture/contract.ts";
import type { LabelCounts } from "#server/serve/labels/contract.ts";

interface LabelCountsLineProps {
  labels: LabelCounts;
  capture: CaptureSettings;
  endpoint: string;
}

/** Shows the settings of the prediction log, and how many labels match logged requests. */
export function LabelCountsLine({
  labels: { labels, replaced, unknown, chosen },
  capture,
  endpoint,
}: LabelCountsLineProps) {
  const words = [
    `${plural(labels, "label")}`,
    ...(replaced > 0 ? [`${formatCount(replaced)} of them corrected later`] : []),
    ...(chosen > 0 ? [`${formatCount(chosen)} of chosen requests, which no rate counts`] : []),
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
