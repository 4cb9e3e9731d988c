/** Of what changes are read: endpoints that the caller may use, by id and by name, and a stretch of time. */
export interface Span {
  endpointIds: string[];
  names: Map<string, string>;
  from: Date;
  to: Date;
  limit: number;
}
