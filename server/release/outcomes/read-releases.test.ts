import { expect, test } from "vitest";
import { parseRollback } from "./read-releases.ts";

test("parses the reason and the affected requests of a rollback from its decision text", () => {
  expect(parseRollback("Rolled back to v12 because errors rose 4.1×; 38 requests were affected.")).toEqual({
    why: "errors rose 4.1×",
    affected: "38 requests were affected",
  });
  expect(parseRollback("Rolled back to v12 because a request costs 12% more.")).toEqual({
    why: "a request costs 12% more",
    affected: "",
  });
  expect(parseRollback("Rolled back to v12.")).toEqual({ why: "Rolled back to v12", affected: "" });
});
