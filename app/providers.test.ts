import { expect, it } from "vitest";
import { globalConfig } from "zod/v4/core";

it("keeps the settings of Zod where the pages set them before it is loaded", () => {
  expect(Reflect.get(globalThis, "__zod_globalConfig")).toBe(globalConfig);
});
