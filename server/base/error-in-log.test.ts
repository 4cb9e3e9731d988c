import { DrizzleQueryError } from "drizzle-orm";
import { expect, test } from "vitest";
import { errorInLog } from "./error-in-log.ts";

test("logs a failed query with statement and cause, without its values", () => {
  const cause = Object.assign(new Error("could not extend file: No space left on device"), { code: "53100" });
  const serialized = errorInLog(
    new DrizzleQueryError("insert into run_params values ($1)", ["x".repeat(1_000_000)], cause),
  );
  const line = JSON.stringify(serialized);
  expect(line).toContain("insert into run_params");
  expect(line).toContain("No space left on device");
  expect(serialized).not.toHaveProperty("params");
  expect(line.length).toBeLessThan(15_000);
});

test("logs other errors completely, with their stack", () => {
  const serialized = errorInLog(Object.assign(new Error("oops"), { code: "E1" }));
  const stack = expect.stringContaining("error-in-log.test.ts");
  expect(serialized).toMatchObject({ type: "Error", message: "oops", code: "E1", stack });
  expect(errorInLog("not an error")).toBe("not an error");
});
