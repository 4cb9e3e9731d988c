/** Which addresses may be called. */
export interface NetworkRules {
  /** Also http, and private, loopback and link-local addresses. */
  allowsPrivate: boolean;
}
