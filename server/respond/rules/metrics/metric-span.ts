/** What a metric is read of. */
export interface MetricSpan {
  endpointId: string;
  from: Date;
  to: Date;
}
