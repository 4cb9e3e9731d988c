/** Master key of the databases of tests. */
export const testKeySource = { kind: "value" as const, key: Buffer.alloc(32, "leeway test key").toString("base64") };
