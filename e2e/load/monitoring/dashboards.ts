import type { Row } from "../report.ts";

export async function dashboards(): Promise<Row[]> {
  return [];
}
