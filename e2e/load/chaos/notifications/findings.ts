import { dedupKey } from "#server/alerting/notifications/channels/pagerduty-events.ts";
import type { Taken } from "./notifier.ts";
import type { Page } from "./pages.ts";

const kinds = ["webhook", "pagerduty", "slack-bot", "email"] as const;

/** Deliveries to one channel, compared with the decided notifications. */
export interface Arrived {
  channel: (typeof kinds)[number];
  pages: number;
  /** Pages and ends that never arrived. */
  lost: number;
  /** Messages that arrived more than once, each copy counted. */
  duplicates: number;
  /** Number of groups whose resolution arrived before their page. */
  outOfOrder: number;
}

/** Compares what was decided with what the channels took. */
export function arrivedOf(pages: readonly Page[], taken: readonly Taken[]): Arrived[] {
  return kinds.map((channel) => {
    const own = taken.filter((one) => one.channel === channel);
    const byGroup = Map.groupBy(own, ({ group }) => group);
    let [lost, outOfOrder] = [0, 0];
    for (const { number, groupKey } of pages) {
      const of = byGroup.get(channel === "pagerduty" ? dedupKey(groupKey) : String(number)) ?? [];
      const firing = of.findIndex(({ status }) => status === "firing");
      const resolved = of.findIndex(({ status }) => status === "resolved");
      lost += Number(firing < 0) + Number(resolved < 0);
      if (firing >= 0 && resolved >= 0 && resolved < firing) outOfOrder += 1;
    }
    const duplicates = own.length - new Set(own.map(({ wire }) => wire)).size;
    return { channel, pages: pages.length, lost, duplicates, outOfOrder };
  });
}
