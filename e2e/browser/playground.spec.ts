import { crc32, deflateSync } from "node:zlib";
import { type Download, expect } from "@playwright/test";
import { findings } from "./axe.ts";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run } from "./serving-fixture.ts";

/** Creates a recorded request of an endpoint with two versions. */
async function recordedDigit(name: string) {
  await newVersion(name, "digits/models/digits-v1.onnx");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 2);
  const seven = digits(200).find(({ label }) => label === "7");
  if (!seven) throw new Error("There is no seven among the samples.");
  await run(name, { id: `${name}-seven`, inputs: [image(seven.pixels)] });
  const path = `/api/v1/endpoints/${name}/predictions?requestId=${name}-seven`;
  const predictions = () => call<{ predictions: { id: string; label: string | null }[] }>("GET", path);
  await expect.poll(async () => (await predictions()).predictions.length).toBe(1);
  return { id: (await predictions()).predictions[0]?.id ?? "", predictions };
}

test("a user runs a recorded digit on two versions, explains, labels and stores it, and reruns it", async ({
  page,
}) => {
  const name = unique("digits");
  const { id, predictions } = await recordedDigit(name);
  await signIn(page, `/playground/${name}?a=v1&b=v2&prediction=${id}`);
  await expect(page.getByText(/^Both predict 7\./)).toBeVisible();
  const difference = page.getByRole("table", { name: "Differences by output" });
  await expect(difference.getByRole("row", { name: /probabilities Identical .*points/ })).toBeVisible();

  await page.getByRole("button", { name: "Explain" }).click();
  const heat = page.getByRole("img", { name: "image with evidence for and against 7" });
  await expect(heat).toHaveCount(2);
  await expect(page.getByText(/evaluations, .* Not included in the latency/)).toHaveCount(2);
  expect(await findings(page)).toEqual([]);

  await page.getByRole("group", { name: "Actual label" }).getByText("7", { exact: true }).click();
  await page.getByRole("button", { name: "Submit label" }).click();
  await expect(page.getByText("labelled 7", { exact: true })).toBeVisible();
  expect((await predictions()).predictions[0]?.label).toBe("7");

  await page.reload();
  // The page writes what it has run to the address, which would cancel a link that was followed before.
  await expect(page.getByText(/^Both predict 7\./)).toBeVisible();
  const history = page.getByRole("table", { name: "Playground runs" });
  await history.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/playground\/[0-9a-f-]{36}$/);
  const permalink = page.url();
  await expect(page.getByRole("heading", { name: `${name} v1 and v2`, level: 1 })).toBeVisible();
  await expect(page.getByText(/^Both predict 7\./)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.getByRole("link", { name: "Run again" }).click();
  await expect(page).toHaveURL(new RegExp(`/playground/${name}\\?run=`));
  await expect(page.getByText(/^Both predict 7\./)).toBeVisible();

  await page.goto(permalink);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(new RegExp(`/playground/${name}$`));
  await page.goto(permalink);
  await expect(page.getByText(/not (here|found)|There is no/i).first()).toBeVisible();
});

test("a user runs images and a table as a batch, with errors per item, and exports CSV", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v1.onnx");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await signIn(page, `/playground/${name}?a=v1&b=v2`);
  await page.getByText("Batch", { exact: true }).click();
  const files = digits(6).map(({ pixels }, at) => ({
    name: `digit-${at}.png`,
    mimeType: "image/png",
    buffer: greyPng(pixels),
  }));
  await page
    .getByLabel("Files of the batch")
    .setInputFiles([...files, { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") }]);
  await page.getByRole("button", { name: "Run 7 items of 7 files" }).click();
  const items = page.getByRole("table", { name: "Batch items" });
  await expect(items.getByRole("row", { name: /broken\.png This browser cannot read the image/ })).toBeVisible();
  await expect(page.getByText("7 of 7 run")).toBeVisible();
  await expect(page.getByText(/of 6 predicted by both/)).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const csv = await textOf(await download);
  expect(csv.split("\r\n")).toHaveLength(8);
  expect(csv).toContain('broken.png,,,,"This browser cannot read the image.');
});

test("a user sees Shapley values that add up, and an invalid file leaves the form unchanged", async ({ page }) => {
  const name = unique("flight-delay");
  await newVersion(name, "flight-delay/models/flight-delay-v2.onnx");
  await signIn(page, `/playground/${name}`);
  await page.getByRole("textbox", { name: /^departure_delay/ }).fill("90");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("delayed", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Explain" }).click();
  const values = page.getByRole("table", { name: /^Contribution of each feature to/ });
  await expect(values.getByRole("row", { name: /departure_delay 90 \+/ })).toBeVisible();
  await expect(page.getByText("Mean prediction for all zeros")).toBeVisible();

  await page.getByText("Batch", { exact: true }).click();
  await page
    .getByLabel("Files of the batch")
    .setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
  await expect(page.getByText(/a\.csv has no column that matches an input/)).toBeVisible();
  await page.getByText("Form", { exact: true }).click();
  await expect(page.getByRole("textbox", { name: /^departure_delay/ })).toHaveValue("90");
});

async function textOf(download: Download): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Creates a grey PNG of 8 × 8 pixels from brightness shares. */
function greyPng(pixels: readonly number[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(8, 0);
  header.writeUInt32BE(8, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const lines = Array.from({ length: 8 }, (_, y) => [
    0,
    ...pixels.slice(y * 8, y * 8 + 8).map((share) => Math.round(share * 255)),
  ]);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(lines.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}
