import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "@playwright/test";
import { signIn, unique } from "./fixture.ts";
import { test } from "./journey.ts";

/** Starts a receiver of Alertmanager webhooks that responds with 404 until it is enabled. */
async function receive() {
  const received: { receiver: string; version: string }[] = [];
  let status = 404;
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    if (status === 200) received.push(body);
    response.writeHead(status).end(status === 200 ? "thanks" : "There is no such hook.");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const responseText = (by: number) => {
    status = by;
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  return { server, url, received, answer: responseText };
}

test("a user reads in the log why a channel failed, fixes it, and a test and the dead letter are delivered", async ({
  page,
}) => {
  const { server, url, received, answer: response } = await receive();
  const name = unique("tickets");
  await signIn(page, "/alerts/receivers");
  await page.getByRole("button", { name: "Create receiver…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Name" }).fill(name);
  await dialog.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Slack, bot" }).click();
  await dialog.getByLabel("Slack channel").fill("#ml");
  await dialog.getByLabel("Bot token", { exact: true }).fill("not a token");
  await dialog.getByRole("button", { name: "Create receiver", exact: true }).click();
  await expect(dialog.getByText(/A Slack bot token starts with xoxb-/).first()).toBeVisible();
  await dialog.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Webhook", exact: true }).click();
  await dialog.getByLabel("Address", { exact: true }).fill(url);
  await dialog.getByLabel("Signing secret", { exact: true }).fill("a long secret");
  await dialog.getByRole("button", { name: "Create receiver", exact: true }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();

  await page.getByRole("button", { name: "Send test to Webhook" }).click();
  await expect(page.getByText(/responded with 404: There is no such hook/)).toBeVisible();
  await page.getByRole("navigation", { name: "Messages" }).getByRole("link", { name: "Failed" }).click();
  await page.getByRole("row").filter({ hasText: "Failed" }).getByRole("link").click();
  await expect(page.getByText("There is no such hook.").last()).toBeVisible();

  response(200);
  await page.getByRole("button", { name: "Resend" }).click();
  await expect.poll(() => received.length).toBe(1);
  expect(received[0]).toMatchObject({ receiver: name, version: "4" });
  await page.getByRole("navigation", { name: "Messages" }).getByRole("link", { name: "Delivered" }).click();
  await expect(page.getByRole("row").filter({ hasText: `Test of receiver ${name}` })).toContainText("200");
  server.close();
});
