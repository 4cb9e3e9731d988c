import { expect, it } from "vitest";
import { groupThousands } from "./group-thousands.ts";

it("separates thousands", () => {
  expect(["", "7", "123", "1234", "1234567"].map(groupThousands)).toEqual(["", "7", "123", "1,234", "1,234,567"]);
});
