import { expect, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { asDomainError } from "./errors.ts";

configureLog({ role: "test", level: "silent" });

test("reports a full database disk as unavailable with a retry time, without the path", () => {
  const cause = Object.assign(new Error('could not extend file "base/16384/3455"'), { code: "53100" });
  const received = asDomainError(new Error("Failed query: insert", { cause }));
  expect(received).toMatchObject({ code: "unavailable", retryAfterSeconds: 60 });
  expect(received?.message).toContain("A Leeway disk is full");
  expect(received?.message).not.toContain("base/");
});

test("does not convert an unexpected error", () => {
  expect(asDomainError(new Error("oops"))).toBeUndefined();
});
