import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "@playwright/test";
import { call, signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Starts a webhook receiver that rejects the first delivery of the named model, and accepts all others. */
async function receive(refusedOnce: string) {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  let refused = false;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (!refused && body.includes(refusedOnce)) {
      refused = true;
      response.writeHead(404).end("There is no such hook.");
      return;
    }
    received.push({ headers: request.headers, body });
    response.writeHead(200).end("thanks");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test("a user creates a webhook, sees why a delivery failed, and sends it again", async ({ page }) => {
  const model = unique("sextant");
  const { server, received, url } = await receive(model);
  await signIn(page, "/settings/webhooks");
  await page.getByRole("button", { name: "Create webhook…" }).click();
  const name = unique("pipeline");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Address").fill(url);
  await page.getByRole("combobox", { name: "Events" }).fill("registered_model.created");
  await page.keyboard.press("Enter");
  await page.getByLabel("Secret", { exact: true }).fill("a long secret");
  await page.getByRole("button", { name: "Create webhook", exact: true }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(page.getByText(/The receiver responded with 200/)).toBeVisible();

  await call("POST", "/api/2.0/mlflow/registered-models/create", { name: model });
  const row = page.getByRole("row").filter({ hasText: "Failed" });
  await expect(row).toContainText("404");
  await row.getByRole("link").click();
  await expect(page.getByText("There is no such hook.")).toBeVisible();
  await page.getByRole("button", { name: "Resend" }).click();
  await expect.poll(() => received.some(({ body }) => body.includes(model))).toBe(true);
  expect(received.find(({ body }) => body.includes(model))?.headers["x-mlflow-signature"]).toMatch(/^v1,/);
  server.close();
});
