/** From a whole minute on and up to another, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}
