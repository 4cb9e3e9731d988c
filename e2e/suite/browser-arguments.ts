/** Arguments of Chromium for tests and benchmarks: no sandbox, since they may run as root, and nothing that calls home. */
export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
