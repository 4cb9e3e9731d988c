/** Rules about the addresses to which requests are allowed. */
export interface NetworkRules {
  /** Whether http, and private, loopback and link-local addresses are allowed. */
  allowsPrivate: boolean;
}
