/** Returns the address of an endpoint, with the default time range or another one. */
export function endpointHref(name: string, range?: string): string {
  return `/endpoints/${encodeURIComponent(name)}${range ? `?range=${range}` : ""}`;
}

/** Returns the address of an endpoint's settings. */
export function endpointSettingsHref(name: string): string {
  return `${endpointHref(name)}/settings`;
}

/** Returns the address of an endpoint's asynchronous tasks. */
export function endpointTasksHref(name: string): string {
  return `${endpointHref(name)}/tasks`;
}

/** Returns the address of an endpoint's load tests, or of one of them. */
export function loadTestsHref(name: string, id?: string): string {
  return `${endpointHref(name)}/load-tests${id === undefined ? "" : `/${id}`}`;
}

/** Returns the path of an endpoint's prediction log, filtered by a query. */
export function predictionsHref(
  endpoint: string,
  view: { q?: string | undefined; cursor?: string | undefined } = {},
): string {
  const query = new URLSearchParams();
  if (view.q) query.set("q", view.q);
  if (view.cursor) query.set("cursor", view.cursor);
  const text = query.toString();
  return `${endpointHref(endpoint)}/predictions${text ? `?${text}` : ""}`;
}

/** Returns the permanent address of a logged prediction. */
export function predictionHref(endpoint: string, id: string): string {
  return `${endpointHref(endpoint)}/predictions/${id}`;
}

/** Returns the address of the playground with one or two versions selected, and a logged request filled in. */
export function playgroundHref(
  model: string,
  choice: { a?: number | undefined; b?: number | undefined; input?: string | undefined } = {},
): string {
  const query = new URLSearchParams();
  if (choice.a !== undefined) query.set("a", `v${choice.a}`);
  if (choice.b !== undefined) query.set("b", `v${choice.b}`);
  if (choice.input !== undefined) query.set("input", choice.input);
  const text = query.toString();
  return `/playground/${encodeURIComponent(model)}${text ? `?${text}` : ""}`;
}
