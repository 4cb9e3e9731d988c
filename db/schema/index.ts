export * from "./audit.ts";
export * from "./identity.ts";
export * from "./registry.ts";
export * from "./serving.ts";
export * from "./tracking.ts";
export * from "./views.ts";
export * from "./webhooks.ts";
