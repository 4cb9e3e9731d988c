/** Endpoint and time range of a metric. */
export interface MetricSpan {
  endpointId: string;
  from: Date;
  to: Date;
}
