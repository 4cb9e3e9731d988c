import { expect, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { restReference } from "./reference.ts";
import { createServer } from "./server.ts";

test("serves the API reference and its code from this server, also when repeated", async () => {
  const app = createServer(readConfig({}));
  await app.register(restReference);
  for (let time = 0; time < 2; time++) {
    const page = await app.inject("/api/v1/docs/");
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.body).toContain('<html lang="en"');
    expect(page.body).toContain("/api/v1/openapi.json");
  }
  const code = await app.inject("/api/v1/docs/js/scalar.js");
  expect(code.statusCode).toBe(200);
  expect(code.headers["content-type"]).toContain("javascript");
  expect((await app.inject("/api/v1/docs/none")).statusCode).toBe(404);
  await app.close();
});
