import { expect } from "@playwright/test";
import { readFlightSeasons, readFlightTable, type Sample } from "#server/roles/demo/recording.ts";
import { call, leeway, unique } from "./fixture.ts";

/** Number of concurrent requests. */
const callers = 8;

/** Returns the training data of the demo's models, real flights, as a file with text labels. */
export async function trainingFile(): Promise<Buffer> {
  const { columns, reference, labels } = await readFlightTable();
  const truth = columns.indexOf("delayed");
  const lines = spread(reference, 3000).map((row) =>
    row.map((value, at) => (at === truth ? labels[Number(value)] : value)).join(","),
  );
  return Buffer.from(`${[columns.join(","), ...lines].join("\n")}\n`);
}

/** Returns real flights of the same months that no model was trained on. */
export async function winterFlights(count: number): Promise<Sample[]> {
  return spread((await readFlightSeasons()).winter, count);
}

/** Returns the same flights with other values in some inputs. */
export function altered(samples: readonly Sample[], changes: Record<string, (value: number) => number>): Sample[] {
  return samples.map(({ inputs, label }) => ({
    label,
    inputs: inputs.map((input) => {
      const change = changes[input.name];
      return change ? { ...input, data: input.data.map((value) => change(Number(value))) } : input;
    }),
  }));
}

/** Creates an endpoint with the given name that serves version 1 of a model and logs every request. */
export async function newWatched(name: string, model: string): Promise<void> {
  await call("POST", "/api/v1/endpoints", { name, captureShare: 1 });
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model, version: 1, reason: "Scene of a journey" });
  const headers = { authorization: `Bearer ${leeway.token}` };
  const isReady = async () => (await fetch(`${leeway.gatewayUrl}/v2/models/${name}/ready`, { headers })).ok;
  await expect.poll(isReady).toBe(true);
}

/** Sends each flight to an endpoint, with the ids "name-0", "name-1"… All requests must succeed. */
export async function request(endpoint: string, samples: readonly Sample[]): Promise<void> {
  const left = [...samples.entries()];
  const caller = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, { inputs }] = next;
      const response = await fetch(`${leeway.gatewayUrl}/v2/models/${endpoint}/infer`, {
        method: "POST",
        headers: { authorization: `Bearer ${leeway.token}`, "content-type": "application/json" },
        body: JSON.stringify({ id: `${endpoint}-${index}`, inputs }),
      });
      const responseText = await response.text();
      expect(response.status, responseText).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** Reports the actual labels of the first flights sent to an endpoint. */
export async function sendLabels(endpoint: string, samples: readonly Sample[]): Promise<void> {
  const labels = samples.map(({ label }, index) => ({ requestId: `${endpoint}-${index}`, label }));
  await call("POST", `/api/v1/endpoints/${endpoint}/labels`, { labels });
}

/** Creates an endpoint whose flights depart later than those of its reference, with labels for some. @returns its name */
export async function newDrifting(model: string): Promise<string> {
  const name = unique("flights-late");
  await newWatched(name, model);
  const samples = altered(await winterFlights(60), { departure_delay: (minutes) => minutes + 25 });
  await request(name, samples);
  await sendLabels(name, samples.slice(0, 40));
  return name;
}

/** Returns `count` items, evenly spread over the list. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as Item);
}
