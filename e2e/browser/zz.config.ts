import base from "./playwright.config.ts";
export default {
  ...base,
  expect: { timeout: 60_000, toPass: { timeout: 60_000 } },
  use: { ...base.use, actionTimeout: 30_000 },
};
