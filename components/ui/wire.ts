/** A value as JSON carries it: moments are text. */
export type Wire<Value> = Value extends Date
  ? string
  : Value extends (infer Item)[]
    ? Wire<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Wire<Value[Key]> }
      : Value;

/** Converts data of the page to the format of later REST responses, for its live components. */
export function toWire<Value>(value: Value): Wire<Value> {
  return JSON.parse(JSON.stringify(value)) as Wire<Value>;
}

/** Reads JSON from the REST API. @throws Error with the response's message, or that the session has ended. */
export async function readJson<Value>(path: string, signal?: AbortSignal): Promise<Wire<Value>> {
  const response = await fetch(path, { headers: { accept: "application/json" }, signal: signal ?? null });
  // The message of the REST API is meant for programs: it asks for a token.
  if (response.status === 401) throw new Error("Your session has expired. Reload the page to sign in again.");
  const responseText = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  if (!response.ok)
    throw new Error(
      responseText?.error?.message ?? `The server responded with status ${response.status}. Try again in a moment.`,
    );
  return responseText as Wire<Value>;
}
