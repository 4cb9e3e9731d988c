import { isUtf8 } from "node:buffer";
import { refuse } from "./refuse.ts";

/** Parses a body as a JSON object. @throws DomainError "invalid" */
export function readJsonObject(json: Buffer): Record<string, unknown> {
  // Decoding would replace invalid bytes by another character, and the model would get altered input.
  if (!isUtf8(json)) refuse("the body is not valid UTF-8");
  let body: unknown;
  try {
    body = JSON.parse(json.toString("utf8"));
  } catch (error) {
    return refuse(`the body is not valid JSON: ${(error as Error).message}`);
  }
  return isObject(body) ? body : refuse("the body must be a JSON object");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
