import { type DemoTarget, send } from "../client.ts";
import { readFlightTable } from "../recording.ts";
import { ensureDataset } from "../upload-flights.ts";

const dataset = "flights-training";
const model = "flight-delay";
const version = 2;

/**
 * Gives the version that serves the flights a reference, a sample of its training data, and sets the monitoring interval to five
 * minutes, since the demo's year takes a quarter of an hour. May be repeated.
 */
export async function watchFlights(target: DemoTarget): Promise<void> {
  const digest = await uploadTraining(target);
  const references = `${target.url}/api/v1/models/${model}/versions/${version}/references`;
  const { references: known } = await send<{ references: unknown[] }>(target, "GET", references);
  if (known.length === 0) {
    await send(target, "POST", references, {
      source: { kind: "dataset", name: dataset, digest, labelColumn: "delayed" },
      reason: "Training data of version 2",
    });
  }
  await setMonitor(target);
}

/** Uploads a sample of the training rows as a dataset; its label is a class name, as predicted by the model. */
async function uploadTraining(target: DemoTarget): Promise<string> {
  const { columns, reference, labels } = await readFlightTable();
  const index = columns.indexOf("delayed");
  const lines = reference.map((row) =>
    row.map((value, at) => (at === index ? (labels[Number(value)] ?? "") : value)).join(","),
  );
  const body = Buffer.from(`${[columns.join(","), ...lines].join("\n")}\n`);
  return ensureDataset(target, {
    name: dataset,
    fileName: "flights-training.csv",
    note: "January to 10 March 2013",
    body,
  });
}

async function setMonitor(target: DemoTarget): Promise<void> {
  const path = `${target.url}/api/v1/endpoints/${model}/monitor`;
  const { revision } = await send<{ revision: number }>(target, "GET", path);
  if (revision > 0) return;
  await send(target, "PUT", path, {
    settings: {
      lengths: ["five-minutes", "hour", "day"],
      segmentBy: ["origin"],
      positiveClass: "delayed",
      maturityMs: 60_000,
      fairness: { groupBy: ["origin"], metric: "accuracy", maxDifference: 0.1 },
    },
    reason: "The demo year takes a quarter of an hour",
  });
}
