import { expect, test } from "vitest";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { failure } from "./action.ts";

configureLog({ role: "test", level: "silent" });

test("returns the message of a domain error, with the wait if there is one", () => {
  expect(failure(new DomainError("conflict", "Taken."))).toEqual({ ok: false, error: "Taken." });
  const waiting = new DomainError("rate-limited", "Wait.", { retryAfterSeconds: 30 });
  expect(failure(waiting)).toEqual({ ok: false, error: "Wait.", retryAfterSeconds: 30 });
});

test("reports an error about one field at that field", () => {
  const received = failure(new DomainError("invalid", "No such host.", { field: "engine.url" }));
  expect(received).toEqual({ ok: false, error: "No such host.", fieldErrors: { "engine.url": "No such host." } });
});

test("returns the first validation error of each field", () => {
  const form = z.object({
    name: z.string().min(2, "Too short.").regex(/^a/, "Must begin with a."),
    tags: z.array(z.int()),
  });
  const { error } = form.safeParse({ name: "b", tags: [1.5] });
  expect(failure(error)).toMatchObject({
    ok: false,
    fieldErrors: { name: "Too short.", "tags.0": expect.any(String) },
  });
});

test("reports a full disk and an unreachable database, with when to retry", () => {
  const full = Object.assign(new Error("could not extend file"), { code: "53100" });
  expect(failure(new Error("Failed query", { cause: full }))).toMatchObject({
    error: expect.stringContaining("A Leeway disk is full, and nothing was saved."),
    retryAfterSeconds: 60,
  });
  const away = Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
  expect(failure(away)).toMatchObject({
    error: expect.stringContaining("The database is currently unavailable."),
    retryAfterSeconds: 2,
  });
});

test("hides the internals of an unexpected error", () => {
  expect(JSON.stringify(failure(new Error("password=hunter2")))).not.toContain("hunter2");
});
