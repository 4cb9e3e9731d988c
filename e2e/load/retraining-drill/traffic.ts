import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Sample } from "#server/roles/demo/recording.ts";

/** A request to the gateway; status 0: no answer. Milliseconds since 1970. */
export interface Answered {
  sentAt: number;
  endedAt: number;
  status: number;
}

const requestsPerSecond = 8;
const labelMs = 2_000;

/** Sends samples to an endpoint in turn until the signal, and what is right of each a moment later, until web has it. @returns every request */
export async function sendSteadily(
  target: DemoTarget,
  { endpoint, samples }: { endpoint: string; samples: readonly Sample[] },
  over: AbortSignal,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  let labels: { requestId: string; label: string; observedAt: string }[] = [];
  const headers = { authorization: `Bearer ${target.token}`, "content-type": "application/json" };
  const post = (url: string, body: object) =>
    fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
  const open = new Set<Promise<void>>();
  const labelling = (async () => {
    while (!over.aborted) {
      await pause(labelMs);
      const due = labels.slice(0, 500);
      if (due.length === 0) continue;
      const status = await post(`${target.url}/api/v1/endpoints/${endpoint}/labels`, { labels: due });
      if (status >= 200 && status < 300) labels = labels.slice(due.length);
    }
  })();
  for (let index = 0; !over.aborted; index += 1) {
    const sample = samples[index % samples.length];
    if (!sample) break;
    const [sentAt, id] = [Date.now(), randomUUID()];
    const request = post(`${target.gatewayUrl}/v2/models/${endpoint}/infer`, { id, inputs: sample.inputs })
      .then((status) => {
        answered.push({ sentAt, endedAt: Date.now(), status });
        if (status === 200) {
          labels.push({ requestId: id, label: sample.label, observedAt: new Date().toISOString() });
        }
      })
      .finally(() => open.delete(request));
    open.add(request);
    if (open.size >= 64) await Promise.race(open);
    await pause(1_000 / requestsPerSecond);
  }
  await Promise.all([labelling, ...open]);
  return answered;
}
