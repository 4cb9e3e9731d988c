import { expect, type Locator, type Page } from "@playwright/test";
import { findings } from "./axe.ts";
import { call, leeway, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";
import { digits, image, newEndpoint, newVersion, run } from "./serving-fixture.ts";

/** Creates a model behind two endpoints: one serves it here, and is the engine of the other, on which nothing is deployed yet. */
async function createEngineFixture(): Promise<{ model: string; there: string; here: string }> {
  const model = unique("digits");
  const names = { model, there: `${model}-there`, here: `${model}-here` };
  await newVersion(model, "digits/models/digits-v2.onnx");
  await newEndpoint(names.there, model, 1);
  await call("POST", "/api/v1/endpoints", { name: names.here });
  return names;
}

/** Opens the dialog that deploys the version to the endpoint, and says in it that another server runs it. */
async function openEngineFields(page: Page, { model, here }: { model: string; here: string }): Promise<Locator> {
  await signIn(page, `/endpoints/${here}/releases`);
  await page.getByRole("button", { name: "Deploy a version…" }).click();
  await page.getByRole("menuitem", { name: `${model} v1` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Run on" }).click();
  await page.getByRole("option", { name: "External inference server" }).click();
  await expect(dialog.getByLabel("Remote model name")).toHaveValue(model);
  return dialog;
}

test("a user deploys a version on a remote server by URL, and it serves under the local name", async ({ page }) => {
  const fixture = await createEngineFixture();
  const dialog = await openEngineFields(page, fixture);
  await dialog.getByLabel("Reason").fill("The GPU stands there");
  await dialog.getByLabel("Server URL").fill(`${leeway.gatewayUrl}/`);
  await dialog.getByLabel("Remote model name").fill(fixture.there);
  await dialog.getByLabel("Remote version").fill("1");
  await dialog.getByLabel("Timeout per attempt").fill("20000");
  await expect(dialog.getByLabel("Value of the secret header")).toBeHidden();
  await dialog.getByLabel("Secret header", { exact: true }).fill("Authorization");
  await dialog.getByLabel("Value of the secret header").fill(`Bearer ${leeway.token}`);
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /v1 Serving.*remote leeway.*The GPU stands there/ })).toBeVisible();

  const [digit] = digits(1);
  const request = { inputs: [image(digit?.pixels ?? [])] };
  const [there, here] = [await run(fixture.there, request), await run(fixture.here, request)];
  expect(here.status).toBe(200);
  expect(here.body.outputs).toEqual(there.body.outputs);
  expect(here.body).toMatchObject({ model_name: fixture.here, parameters: { provider: "remote leeway" } });

  // The settings of the engine are offered for the next version, without its secret.
  await newVersion(fixture.model, "digits/models/digits-v3.onnx");
  await page.reload();
  await page.getByRole("button", { name: "Deploy another version…" }).click();
  await page.getByRole("menuitem", { name: "v2" }).click();
  await expect(dialog.getByLabel("Server URL")).toHaveValue(leeway.gatewayUrl);
  await expect(dialog.getByLabel("Remote model name")).toHaveValue(fixture.there);
  await expect(dialog.getByLabel("Timeout per attempt")).toHaveValue("20000");
  await expect(dialog.getByLabel("Secret header", { exact: true })).toHaveValue("Authorization");
  await expect(dialog.getByLabel("Value of the secret header")).toHaveValue("");
});

test("a user sees invalid engine fields rejected with the fix, and nothing is deployed", async ({ page }) => {
  const fixture = await createEngineFixture();
  const dialog = await openEngineFields(page, fixture);
  const address = dialog.getByLabel("Server URL");
  await dialog.getByLabel("Reason").fill("The GPU stands there");
  const refuses = async (words: string, field = address) => {
    await page.keyboard.press("Control+Enter");
    await expect(dialog.getByText(words)).toBeVisible();
    // While a response is being processed, the keys do not confirm anything.
    await expect(dialog.getByRole("button", { name: /^Deploy/ })).toHaveAttribute("aria-disabled", "false");
    await expect(field).toHaveAccessibleDescription(new RegExp(words.replace(/[.?]/g, "\\$&")));
    await expect(dialog.getByLabel("Reason")).not.toHaveAttribute("aria-invalid", "true");
  };
  await refuses("Enter the server URL.");
  await address.fill("triton");
  await refuses("Enter the engine URL, for example https://triton.example.org.");
  await address.fill("http://me:secret@127.0.0.1:1");
  await refuses("Put engine credentials in the secret header, not in the URL.");
  await address.fill("http://127.0.0.1:1/?model=digits");
  await refuses("The engine URL must not contain ? or #.");
  await address.fill("http://127.0.0.1:1");
  await dialog.getByLabel("Remote model name").fill("");
  await refuses("Enter the model name on that server.", dialog.getByLabel("Remote model name"));
  await dialog.getByLabel("Remote model name").fill("digits");
  const header = dialog.getByLabel("Secret header", { exact: true });
  await header.fill("Host");
  await refuses("This header is set by Leeway.", header);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(await call("GET", `/api/v1/endpoints/${fixture.here}`)).toMatchObject({ current: null });
});

test("a user sees on the endpoint page that an engine does not know the model", async ({ page }) => {
  const fixture = await createEngineFixture();
  const dialog = await openEngineFields(page, fixture);
  await dialog.getByLabel("Reason").fill("A name that was mistyped");
  await dialog.getByLabel("Server URL").fill(leeway.gatewayUrl);
  await dialog.getByLabel("Remote model name").fill("nothing");
  await dialog.getByLabel("Secret header", { exact: true }).fill("Authorization");
  await dialog.getByLabel("Value of the secret header").fill(`Bearer ${leeway.token}`);
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/failed with status 404/).first()).toBeVisible();
});

test("the dialog has no serious finding with engine fields and a rejected engine", async ({ page }) => {
  const dialog = await openEngineFields(page, await createEngineFixture());
  await dialog.getByLabel("Secret header", { exact: true }).fill("Authorization");
  await dialog.getByLabel("Reason").fill("The GPU stands there");
  await page.keyboard.press("Control+Enter");
  await expect(dialog.getByText("Enter the server URL.")).toBeVisible();
  expect(await findings(page)).toEqual([]);
});
