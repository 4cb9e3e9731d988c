import type { ContactMethods } from "../teams/people/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "contactMethods.methods": ContactMethods["methods"];
  }
}
