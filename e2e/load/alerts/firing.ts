import { hourMs } from "#server/base/durations.ts";

/** An alert as Prometheus posts it. */
export interface FiringAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  generatorURL: string;
}

const groups = 1_000;
const perGroup = 10;
/** One group in ten pages. */
const pageEvery = 10;

/** Creates alerts of 1,000 services that are broken on ten instances each. They fire for an hour without updates. */
export function firing(now = Date.now()): FiringAlert[] {
  return Array.from({ length: groups * perGroup }, (_, number) => {
    const service = Math.floor(number / perGroup);
    const instance = `10.0.${Math.floor(service / 250)}.${service % 250}:${9000 + (number % perGroup)}`;
    const severity = service % pageEvery === 0 ? "page" : "ticket";
    return {
      labels: { alertname: "ServiceBroken", severity, service: `service-${service}`, instance, job: "load" },
      annotations: { summary: `service-${service} is broken on ${instance}` },
      startsAt: new Date(now - 60_000).toISOString(),
      endsAt: new Date(now + hourMs).toISOString(),
      generatorURL: `http://prometheus.test/graph?g0.expr=service_broken%7Binstance%3D%22${instance}%22%7D`,
    };
  });
}
