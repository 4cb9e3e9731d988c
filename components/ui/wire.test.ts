import { expect, test, vi } from "vitest";
import { readJson } from "./wire.ts";

const answering = (status: number, body: unknown) =>
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status }));

test("rejects with the error message of the API", async () => {
  answering(404, { error: { message: "There is no endpoint of that name." } });
  await expect(readJson("/x")).rejects.toThrow("There is no endpoint of that name.");
});

test("reports an expired session without mentioning tokens", async () => {
  answering(401, { error: { message: "You are not signed in. Send an API token." } });
  await expect(readJson("/x")).rejects.toThrow(/^Your session has expired\. Reload the page to sign in again\.$/);
});
