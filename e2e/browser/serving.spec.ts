import { execFileSync } from "node:child_process";
import { expect, type Page } from "@playwright/test";
import { call, leeway, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run, untilServing } from "./serving-fixture.ts";

/** Says why in the open dialog and confirms it by the keys. */
async function confirm(page: Page, reason: string): Promise<void> {
  await page.getByRole("dialog").getByLabel("Reason").fill(reason);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
}

test("a user creates an endpoint and deploys a version in the browser, and it serves requests", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v1.onnx");
  await signIn(page, "/endpoints");
  await page.getByRole("button", { name: "Create endpoint…" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create endpoint", exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText("No traffic", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Deploy a version…" }).click();
  await page.getByRole("menuitem", { name: `${name} v1` }).click();
  await page.getByRole("button", { name: `Deploy ${name} v1` }).click();
  await expect(page.getByText("Give a short reason")).toBeVisible();
  await confirm(page, "First release");
  await expect(page.getByText("No version is deployed.")).toBeHidden();
  await page
    .getByRole("navigation", { name: `Sections of ${name}` })
    .getByRole("link", { name: "Releases" })
    .click();
  await expect(page.getByRole("row", { name: /v1 Serving.*First release/ })).toBeVisible();
  const { status } = await run(name, { inputs: [image(new Array(64).fill(0))] });
  expect(status).toBe(200);
});

test("a user sees traffic in the strip and charts, predictions with labels, and reasons of failures", async ({
  page,
}) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  await signIn(page, `/endpoints/${name}/traffic?range=15m`);
  const samples = digits(12);
  for (const [index, { pixels }] of samples.entries()) {
    await run(name, { id: `${name}-${index}`, inputs: [image(pixels)] });
  }
  const refused = await run(name, { id: `${name}-bad`, inputs: [{ ...image([]), shape: [1, 1, 8, 0] }] });
  expect(refused.status).toBe(400);
  const labels = samples.map(({ label }, index) => ({ requestId: `${name}-${index}`, label }));
  await call("POST", `/api/v1/endpoints/${name}/labels`, { labels });

  await expect(page.getByText(/\d of \d+, 1 rejected/)).toBeVisible();
  const rate = page.getByRole("figure").filter({ hasText: "Requests per second" });
  const plot = rate.getByRole("application", { name: "Requests per second" });
  await expect(plot).toBeVisible();
  // Keys move the cursor, and the charts beside it follow.
  await page.keyboard.press("Tab");
  await plot.focus();
  await page.keyboard.press("ArrowRight");
  await expect(rate.getByRole("status")).toBeVisible();
  await expect(page.getByRole("figure").filter({ hasText: "p95" }).getByRole("status")).toContainText("p95");
  await page.keyboard.press("Enter");
  await expect(rate.getByRole("status")).toHaveCount(0);
  await rate.getByRole("button", { name: "Table view" }).click();
  await expect(rate.getByRole("row").nth(1)).toContainText(/\d/);

  const predictions = page.getByRole("table", { name: "Recent predictions" });
  await expect(predictions.getByRole("row", { name: /(?<!in)correct/ }).first()).toBeVisible();
  await page.getByRole("group", { name: "Filter predictions" }).getByText("Failed").click();
  await expect(predictions.getByRole("row", { name: /(?<!in)correct/ })).toHaveCount(0);
  await predictions.getByRole("row", { name: /400/ }).click();
  const drawer = page.getByRole("dialog", { name: "Prediction" });
  await expect(drawer.getByText("Failed with 400")).toBeVisible();
  await expect(drawer.getByText(`${name}-bad`)).toBeVisible();
  // The URL identifies the open prediction: another user sees the same.
  await page.reload();
  await expect(drawer.getByText(`${name}-bad`)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/prediction=/);
});

test("a user deploys another version and rolls back with a reason, and no request fails", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v1.onnx");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  const seen = new Map<string, number>();
  let hasEnded = false;
  const traffic = (async () => {
    while (!hasEnded) {
      const { status, body } = await run(name, { inputs: [image(new Array(64).fill(0.5))] });
      const key = `${status} ${body.model_version}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  })();
  await signIn(page, `/endpoints/${name}/releases`);
  await page.getByRole("button", { name: "Deploy another version…" }).click();
  await page.getByRole("menuitem", { name: "v2" }).click();
  await expect(page.getByRole("dialog").getByText("Inputs and outputs are the same as in v1.")).toBeVisible();
  await expect(page.getByRole("dialog").getByText("roll back to v1 on this page")).toBeVisible();
  await confirm(page, "99% instead of 95% on the test images");
  await expect.poll(() => seen.has("200 2")).toBe(true);
  await expect(page.getByRole("row", { name: /v2 Serving.*99% instead of 95%/ })).toBeVisible();
  const before = seen.get("200 1") ?? 0;

  await page.getByRole("heading", { name, level: 1 }).click();
  await page.keyboard.press("r");
  await page.getByRole("dialog").getByRole("button", { name: "Incorrect predictions" }).click();
  await confirm(page, "Depot 7 reads sevens as ones");
  await expect.poll(() => seen.get("200 1") ?? 0).toBeGreaterThan(before);
  await expect(page.getByRole("row", { name: /v1 Serving.*Incorrect predictions: Depot 7/ })).toBeVisible();
  hasEnded = true;
  await traffic;
  expect([...seen.keys()].sort()).toEqual(["200 1", "200 2"]);
});

test("a user draws a digit, compares two versions, and copies a curl command with the same response", async ({
  page,
  context,
}) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newVersion(name, "digits/models/digits-v3.onnx");
  await newEndpoint(name, name, 1);
  await context.grantPermissions(["clipboard-write"]);
  await signIn(page, `/playground/${name}?a=v1&b=v2`);
  await drawSeven(page);
  await expect(page.getByText(/^Both predict 7\./)).toBeVisible();
  const bars = page.getByRole("list", { name: "Probabilities of probabilities" });
  await expect(bars.first().getByRole("listitem")).toHaveCount(10);
  await expect(page.locator("section").getByText("CPU", { exact: true })).toHaveCount(2);
  await expect(page.getByText("Latency")).toHaveCount(2);

  await page.getByRole("button", { name: "Copy as curl" }).click();
  await expect(page.getByText(/^Copied as curl\./)).toBeVisible();
  const curl = await paste(page);
  const output = execFileSync("sh", ["-c", curl], { env: { ...process.env, LEEWAY_TOKEN: leeway.token } }).toString();
  const answered = JSON.parse(output) as { outputs: { data: number[] }[] };
  const probabilities = answered.outputs[0]?.data ?? [];
  expect(probabilities.indexOf(Math.max(...probabilities))).toBe(7);

  // Form and raw JSON are two views of one value.
  await page.getByText("Raw JSON", { exact: true }).click();
  const json = page.getByLabel("Request as JSON");
  const sent = JSON.parse(await json.inputValue()) as { inputs: { data: number[] }[] };
  expect(sent.inputs[0]?.data).toHaveLength(64);
  await json.fill((await json.inputValue()).replace('"FP32"', '"FP64"'));
  await expect(page.getByText("Line 2: image: expected datatype FP32.").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy as curl" })).toBeDisabled();
});

/** Returns the text in the clipboard. Pages may not read it, but a user may paste it. */
async function paste(page: Page): Promise<string> {
  await page.evaluate(() => {
    const field = document.createElement("textarea");
    field.id = "pasted";
    document.body.append(field);
    field.focus();
  });
  const field = page.locator("#pasted");
  await page.keyboard.press("ControlOrMeta+V");
  await expect(field).not.toHaveValue("");
  const text = await field.inputValue();
  await field.evaluate((element) => element.remove());
  return text;
}

async function drawSeven(page: Page): Promise<void> {
  const box = await page.getByRole("img", { name: /^Drawing pad/ }).boundingBox();
  if (!box) throw new Error("There is no pad.");
  const to = (x: number, y: number, steps = 1) =>
    page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps });
  await to(0.25, 0.2);
  await page.mouse.down();
  await to(0.75, 0.2, 8);
  await to(0.45, 0.85, 10);
  await page.mouse.up();
}

test("a user draws on the pad by keyboard", async ({ page }) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await signIn(page, `/playground/${name}`);
  const pixel = page.getByRole("gridcell", { name: /^Row 1, column 1:/ });
  await pixel.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await expect(page.getByRole("gridcell", { name: "Row 1, column 2: 1" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("3");
  await expect(page.getByRole("gridcell", { name: "Row 2, column 2: 0.333" })).toBeFocused();
  await expect(page.getByText(/ confidence$/)).toBeVisible();
  await expect(page.getByText("not deployed")).toBeVisible();
});

test("a user chooses known levels in a form from the signature, and sees errors at their field", async ({ page }) => {
  const name = unique("flight-delay");
  await newVersion(name, "flight-delay/models/flight-delay-v2.onnx");
  await signIn(page, `/playground/${name}`);
  await page.getByRole("combobox", { name: /^carrier/ }).click();
  await page.getByRole("option", { name: "HA", exact: true }).click();
  await page.getByRole("combobox", { name: /^origin/ }).click();
  await expect(page.getByRole("option")).toHaveText(["EWR", "JFK", "LGA"]);
  await page.getByRole("option", { name: "JFK" }).click();

  const delay = page.getByRole("textbox", { name: /^departure_delay/ });
  await delay.fill("late");
  await expect(delay).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("Enter a number.")).toBeVisible();
  await expect(page.getByText("Fix the errors in: departure_delay.")).toBeVisible();
  await delay.fill("90");
  await page.getByRole("textbox", { name: /^weekday/ }).fill("9");
  await expect(page.getByText("Above the training maximum of 7.")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("delayed", { exact: true }).first()).toBeVisible();
});

test("a user chooses a range in words, which goes along all tabs, and hides a version in all charts", async ({
  page,
}) => {
  const name = unique("digits");
  await newVersion(name, "digits/models/digits-v1.onnx");
  await newVersion(name, "digits/models/digits-v2.onnx");
  await newEndpoint(name, name, 1);
  await call("POST", `/api/v1/endpoints/${name}/deployments`, { model: name, version: 2, reason: "Newer digits" });
  await untilServing(name, 2);
  await signIn(page, `/endpoints/${name}?range=15m`);
  const tabs = page.getByRole("navigation", { name: `Sections of ${name}` });
  const key = page.getByRole("group", { name: "Versions in charts" });
  await key.getByRole("button", { name: "v1" }).click();
  await expect(page).toHaveURL(/hide=v1/);
  await expect(key.getByRole("button", { name: "v1" })).toHaveAttribute("aria-pressed", "false");

  await page
    .getByRole("group", { name: "Time range" })
    .getByRole("button", { name: /Last 15 min/ })
    .click();
  await page.getByLabel("Or in words").fill("yesterday 9 to 12");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page.getByText("Fixed range")).toBeVisible();
  await tabs.getByRole("link", { name: "Data" }).click();
  await expect(page).toHaveURL(/\/data\?.*from=.*hide=v1/);
  await expect(page.getByText(/Nothing deployed/)).toBeVisible();
  await tabs.getByRole("link", { name: "Drift" }).click();
  await expect(page.getByText(/3 h is too short for Drift, so it shows 1 d\./)).toBeVisible();
  await page.keyboard.press("z");
  await expect(page).toHaveURL(/range=15m/);
  await expect(page.getByText("Fixed range")).toBeHidden();
});
