import { expect, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { asDomainError } from "./errors.ts";

configureLog({ role: "test", level: "silent" });

test("a full disk of the database is told as one, to be tried again later, and never with the path", () => {
  const cause = Object.assign(new Error('could not extend file "base/16384/3455"'), { code: "53100" });
  const received = asDomainError(new Error("Failed query: insert", { cause }));
  expect(received).toMatchObject({ code: "unavailable", retryAfterSeconds: 60 });
  expect(received?.message).toContain("A Leeway disk is full");
  expect(received?.message).not.toContain("base/");
});

test("an error that nobody expected stays one", () => {
  expect(asDomainError(new Error("oops"))).toBeUndefined();
});
