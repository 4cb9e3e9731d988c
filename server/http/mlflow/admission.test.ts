import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { Admission } from "./admission.ts";

const limits = { all: { requests: 4, bytes: 100 }, workspace: { requests: 2, bytes: 60 } };

function refusal(admit: () => unknown): DomainError {
  try {
    admit();
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error("It was let in.");
}

test("limits requests and bytes per workspace and per process, and frees what is released", () => {
  const admission = new Admission(limits);
  const first = admission.admit("a", 10);
  admission.admit("a", 10);
  const full = refusal(() => admission.admit("a", 1));
  expect(full).toMatchObject({ code: "rate-limited", message: expect.stringMatching(/^This workspace /) });
  expect(full.retryAfterSeconds).toBeGreaterThanOrEqual(1);
  first();
  admission.admit("a", 10);
  admission.admit("b", 10);
  expect(refusal(() => admission.admit("b", 51)).message).toMatch(/^This workspace /);
  admission.admit("c", 10);
  expect(refusal(() => admission.admit("d", 1)).message).toMatch(/^Leeway /);
});

test("counts bytes of a write as they arrive, and lets one that is alone grow", () => {
  const admission = new Admission(limits);
  const first = admission.begin("a");
  const second = admission.begin("a");
  first.grow(40);
  second.grow(20);
  expect(refusal(() => second.grow(1)).message).toMatch(/^This workspace /);
  const other = admission.begin("b", 30);
  expect(refusal(() => other.grow(11)).message).toMatch(/^Leeway /);
  other.leave();
  second.leave();
  first.grow(1_000);
  first.leave();
  // Nothing is left of them.
  for (const workspace of ["a", "b"]) admission.begin(workspace, 50);
});

test("limits the bytes of all workspaces, and always admits a single write", () => {
  const admission = new Admission(limits);
  const large = admission.admit("a", 1_000);
  expect(refusal(() => admission.admit("b", 1)).message).toMatch(/^Leeway /);
  large();
  for (const workspace of ["a", "b"]) admission.admit(workspace, 40);
  expect(refusal(() => admission.admit("c", 21)).message).toMatch(/^Leeway /);
  admission.admit("c", 20);
});
