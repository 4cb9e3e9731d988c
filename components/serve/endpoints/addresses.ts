/** Page of an endpoint, with the usual range of time or another one. */
export function endpointHref(name: string, range?: string): string {
  return `/endpoints/${encodeURIComponent(name)}${range ? `?range=${range}` : ""}`;
}

/** Page of what an endpoint is set to. */
export function endpointSettingsHref(name: string): string {
  return `${endpointHref(name)}/settings`;
}

/** Page of the requests to an endpoint that are answered later. */
export function endpointTasksHref(name: string): string {
  return `${endpointHref(name)}/tasks`;
}

/** Page of the load tests of an endpoint, or of one of them. */
export function loadTestsHref(name: string, id?: string): string {
  return `${endpointHref(name)}/load-tests${id === undefined ? "" : `/${id}`}`;
}

/** The prediction log of an endpoint, as far as a query asks for it. */
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

/** One prediction of the log: the address to pass on. */
export function predictionHref(endpoint: string, id: string): string {
  return `${endpointHref(endpoint)}/predictions/${id}`;
}

/** The playground with one or two versions chosen, and a logged request filled in. */
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
