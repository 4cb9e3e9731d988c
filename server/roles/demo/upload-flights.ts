import { setTimeout as pause } from "node:timers/promises";
import { type DemoTarget, send } from "./client.ts";
import { readFlightTable } from "./recording.ts";

const dataset = "flights-by-quarter";
const quarters = [
  { fileName: "flights-q2.csv", months: [4, 5, 6], note: "Second quarter of 2013" },
  { fileName: "flights-q3.csv", months: [7, 8, 9], note: "Third quarter of 2013" },
  { fileName: "flights-q4.csv", months: [10, 11, 12], note: "Fourth quarter of 2013" },
];

interface Upload {
  id: string;
  state: string;
  digest: string | null;
}

/**
 * Uploads real flights of three quarters as versions of one dataset; the first one suggests its contract, which the winter breaks.
 * May be repeated: the same rows are the same version.
 */
export async function uploadFlights(target: DemoTarget): Promise<void> {
  const { columns, rows } = await readFlightTable();
  const path = `${target.url}/api/v1/datasets/${dataset}`;
  for (const { fileName, months, note } of quarters) {
    const lines = rows.filter(([month]) => months.includes(Number(month))).map((row) => row.join(","));
    const body = Buffer.from(`${[columns.join(","), ...lines].join("\n")}\n`);
    await promise(target, path, await ensureDataset(target, { name: dataset, fileName, note, body }));
  }
}

/** Uploads a file as a version of a dataset and waits until it is read; the same rows are the same version. @returns its digest */
export async function ensureDataset(
  target: DemoTarget,
  { name, fileName, note, body }: { name: string; fileName: string; note: string; body: Buffer },
): Promise<string> {
  const uploads = `${target.url}/api/v1/datasets/${name}/uploads`;
  const query = new URLSearchParams({ fileName, note });
  const { id } = await send<Upload>(target, "POST", `${uploads}?${query}`, body);
  return untilRead(target, `${uploads}/${id}`);
}

/** Sets the contract proposed from the first version, unless there is one; without the month, which differs between quarters. */
async function promise(target: DemoTarget, path: string, digest: string): Promise<void> {
  const { contract } = await send<{ contract: unknown }>(target, "GET", path);
  if (contract) return;
  const proposal = `${path}/contract/proposal?digest=${digest}`;
  const { columns, ...rules } = await send<{ columns: { column: string }[] }>(target, "GET", proposal);
  await send(target, "PUT", `${path}/contract`, {
    rules: { ...rules, columns: columns.filter(({ column }) => column !== "month") },
    reason: "Ranges of the second quarter",
  });
}

async function untilRead(target: DemoTarget, path: string): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { state, digest } = await send<Upload>(target, "GET", path);
    if (digest !== null) return digest;
    if (state === "failed") throw new Error("A dataset of the demo was rejected; see the console.");
    await pause(200);
  }
  throw new Error("A dataset of the demo was not processed within one minute. Is the worker role running?");
}
