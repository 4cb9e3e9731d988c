import { expect, test } from "vitest";
import { completed } from "./routes.ts";

test("understands settings that a gateway kept on disk by their former names", () => {
  const { cache, capture } = completed({
    cache: { ttlSeconds: 60, mostBytes: 32_768 },
    capture: { mostBytes: 1024, keepDays: 7, redact: ["age"] },
  });
  expect(cache).toMatchObject({ ttlSeconds: 60, maxBytes: 32_768 });
  expect(capture).toMatchObject({ maxBytes: 1024, retentionDays: 7, redact: ["age"] });
});

test("gives settings that are not there their defaults", () => {
  const { capture } = completed({});
  expect(capture).toMatchObject({ maxBytes: 65_536, retentionDays: 30 });
});
