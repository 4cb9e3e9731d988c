import { formatCount, plural } from "#components/ui/format.ts";
import type { GatewayView } from "#server/serving/router/contract.ts";

/** What gateways have lost since they started, of all their endpoints; undefined when that is nothing. */
export function droppedSentence(gateways: readonly Pick<GatewayView, "dropped">[]): string | undefined {
  const sum = (read: (dropped: NonNullable<GatewayView["dropped"]>) => number) =>
    gateways.reduce((total, { dropped }) => total + (dropped ? read(dropped) : 0), 0);
  const requests = sum((dropped) => dropped.requests);
  const predictions = sum((dropped) => dropped.predictions);
  const parts = [
    ...(requests > 0 ? [`the counts of ${plural(requests, "request")}`] : []),
    ...(predictions > 0
      ? [`${formatCount(predictions)} ${predictions === 1 ? "record" : "records"} of the prediction log`]
      : []),
  ];
  if (parts.length === 0) return undefined;
  return `Gateways have lost ${parts.join(" and ")} of all their endpoints since they started: Postgres was away for longer than their disks could hold, or refused them. Charts show less than there was.`;
}
