import { expect } from "@playwright/test";
import { call, unique } from "./fixture.ts";

const columns =
  "carrier,origin,departure_delay,distance,hour,weekday,temperature,wind_speed,precipitation,visibility,delayed";

/** Gives a version of the flights model a reference of synthetic labelled rows, and waits until it is active. */
export async function newReference(model: string, version: number): Promise<void> {
  const carriers = ["UA", "AA", "DL", "B6"];
  const rows = Array.from({ length: 120 }, (_, row) => {
    const delay = ((row * 37) % 90) - 20;
    const weather = `${40 + (row % 30)},${row % 20},${row % 7 === 0 ? 0.1 : 0},${row % 11}`;
    return `${carriers[row % 4]},EWR,${delay},${500 + row * 10},${6 + (row % 16)},${1 + (row % 7)},${weather},${delay > 30 ? 1 : 0}`;
  });
  const dataset = unique("flights-of-a-year");
  const uploads = `/api/v1/datasets/${dataset}/uploads`;
  const { id } = await call<{ id: string }>(
    "POST",
    `${uploads}?fileName=a.csv`,
    Buffer.from([columns, ...rows].join("\n")),
  );
  const digest = async () => (await call<{ digest: string | null }>("GET", `${uploads}/${id}`)).digest;
  await expect.poll(digest).not.toBeNull();
  const path = `/api/v1/models/${model}/versions/${version}`;
  const source = { kind: "dataset", name: dataset, digest: await digest(), labelColumn: "delayed" };
  await call("POST", `${path}/references`, { source, reason: "Scene of a journey" });
  const inForce = async () => (await call<{ reference: object | null }>("GET", `${path}/reference`)).reference;
  await expect.poll(inForce).not.toBeNull();
}
