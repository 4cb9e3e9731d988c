import { formatCount, plural } from "#components/ui/format.ts";
import type { GatewayView } from "#server/serve/gateways/contract.ts";

/** Describes what gateways have lost since they started, over all endpoints; undefined if nothing was lost. */
export function droppedSentence(gateways: readonly Pick<GatewayView, "dropped">[]): string | undefined {
  const sum = (read: (dropped: NonNullable<GatewayView["dropped"]>) => number) =>
    gateways.reduce((total, { dropped }) => total + (dropped ? read(dropped) : 0), 0);
  const requests = sum((dropped) => dropped.requests);
  const predictions = sum((dropped) => dropped.predictions);
  const parts = [
    ...(requests > 0 ? [`the counts of ${plural(requests, "request")}`] : []),
    ...(predictions > 0
      ? [`${formatCount(predictions)} prediction log ${predictions === 1 ? "record" : "records"}`]
      : []),
  ];
  if (parts.length === 0) return undefined;
  return `Gateways have lost ${parts.join(" and ")} across all endpoints since they started, because Postgres was unavailable for longer than their disk buffers last, or rejected the data. Charts understate the actual values.`;
}
