/** Time range between two full minutes, the end exclusive, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}
