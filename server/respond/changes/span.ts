/** Scope of a query for changes: endpoints that the caller may use, by id and by name, and a time range. */
export interface Span {
  endpointIds: string[];
  names: Map<string, string>;
  from: Date;
  to: Date;
  limit: number;
}
