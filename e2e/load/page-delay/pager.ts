import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A page as it arrived. Times in milliseconds since 1970. */
interface ArrivedPage {
  slo: string;
  at: number;
  /** Start time according to the alert. */
  startsAt: number;
}

export interface Pager {
  url: string;
  pages: readonly ArrivedPage[];
  close(): void;
}

interface Body {
  status: string;
  alerts: { status: string; startsAt: string; labels: Record<string, string> }[];
}

/** Starts a pager that accepts Alertmanager webhooks and records when each page arrives. */
export async function openPager(): Promise<Pager> {
  const pages: ArrivedPage[] = [];
  const server = createServer(async (request, response) => {
    const { alerts } = (await json(request)) as Body;
    const at = Date.now();
    for (const { status, startsAt, labels } of alerts) {
      if (status !== "firing" || labels.severity !== "page") continue;
      pages.push({ slo: labels.slo ?? "", at, startsAt: Date.parse(startsAt) });
    }
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
