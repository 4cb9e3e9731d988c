import { vi } from "vitest";

const { waitFor } = vi;

/** What happens within a second here takes a minute on a busy machine whose memory is slow. A wait ends once its condition is true anyway. */
vi.waitFor = (callback, options) => {
  const given = typeof options === "number" ? { timeout: options } : options;
  return waitFor(callback, { timeout: 120_000, ...given });
};
