import { expect, test } from "vitest";
import { complaintAt, isAmong, withUnshown } from "./complaints.ts";

test("shows a complaint about a part of a field at the field", () => {
  const complaints = { "spec.environment.MY-VAR": "Invalid key", "spec.seed": "Too big" };
  expect(complaintAt(complaints, "spec.environment")).toBe("MY-VAR: Invalid key");
  expect(complaintAt(complaints, "spec.seed")).toBe("Too big");
  expect(complaintAt(complaints, "spec.env")).toBeUndefined();
});

test("shows a complaint that no field shows above the fields", () => {
  const shows = (path: string) => isAmong(path, ["name", "spec.job.environment."]);
  const refused = (fieldErrors: Record<string, string>) => withUnshown({ ok: false, fieldErrors }, shows).error;
  expect(refused({ name: "Enter a name." })).toBeUndefined();
  expect(refused({ "spec.job.environment": "Too many", "spec.job.environment.A-B": "Invalid key" })).toBeUndefined();
  expect(refused({ name: "Enter a name.", "spec.job.image": "Too long" })).toBe("image: Too long");
  const known = { ok: false, error: "Busy", fieldErrors: { other: "Busy" } };
  expect(withUnshown(known, shows)).toBe(known);
});
