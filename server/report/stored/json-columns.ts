import type { KpiDefinition } from "../kpis/contract.ts";
import type { DigestSettings } from "../reports/digest/contract.ts";
import type { ReportFacts } from "../reports/facts/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "kpis.definition": KpiDefinition;
    "reports.facts": ReportFacts;
    "digestSubscriptions.settings": DigestSettings;
  }
}
