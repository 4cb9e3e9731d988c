/** An address of an earlier release, and the page that answers it now. `:name` stands for one segment of a path. */
interface OldAddress {
  from: string;
  to: string;
}

/**
 * Addresses of earlier releases, in the order in which they are compared. Messages that were sent, bookmarks and stored links hold them, so
 * they are redirected for good; the query is kept.
 */
export const oldAddresses: readonly OldAddress[] = [
  { from: "/drift", to: "/endpoints?view=drift" },
  { from: "/drift/compare", to: "/datasets/compare" },
  { from: "/drift/:endpoint", to: "/endpoints/:endpoint/drift" },
  { from: "/drift/:endpoint/data", to: "/endpoints/:endpoint/data" },
  { from: "/drift/:endpoint/settings", to: "/endpoints/:endpoint/settings#monitoring" },
  { from: "/quality", to: "/endpoints?view=quality" },
  { from: "/quality/:endpoint", to: "/endpoints/:endpoint/quality" },
  { from: "/debug", to: "/endpoints" },
  { from: "/debug/:endpoint", to: "/endpoints/:endpoint/debug" },
  { from: "/costs/:endpoint((?!budgets$|prices$)[^/]+)", to: "/endpoints/:endpoint/cost" },
];
